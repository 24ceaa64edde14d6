// Signatures and photos on their way to the centre: after the text, signatures first, from where the
// endpoint stands, whatever is cut, killed, locked or restored between.
#include <algorithm>

#include "sync/endpoint/media.h"
#include "sync/store/attachments.h"
#include "sync/store/drafts.h"
#include "sync/store/outbound_media.h"
#include "sync/wire/media.h"
#include "tests/sync/tablet/engine_bench.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr auto a_signature = AttachmentKind::signature;
constexpr auto a_photo = AttachmentKind::photo;

// --- the engine alone ----------------------------------------------------------------

struct MediaBench : EngineBench {
    std::vector<MediaToSend> waiting;

    MediaToSend add(bool is_photo, std::uint32_t pieces) {
        const auto id = Uuid::random(ids);
        waiting.push_back(
            {Sha256::of(id.text()), id, pieces, {is_photo, static_cast<std::int64_t>(waiting.size()) + 1}});
        return waiting.back();
    }
    void begin_with_media(Sequence acked) {
        step(Begin{position(acked), enrolment, now, {}, {}, true});
        const auto* status = sent(Lane::status);
        REQUIRE(status);
        reply(Lane::status, status->attempt, ours(wire::encode(stands(acked))));
    }
    // As the store gives it.
    void load_media() {
        const auto* wanted = find<LoadMedia>();
        REQUIRE(wanted);
        OutboundMedia loaded;
        for (const auto& one : waiting) {
            const bool behind = one.place.photo != wanted->after.photo
                                    ? one.place.photo
                                    : one.place.number > wanted->after.number;
            if (behind && (wanted->photos || !one.place.photo))
                loaded.next.push_back(one);
        }
        step(MediaLoaded{loaded, now});
    }
    void answer(const std::vector<wire::MediaStand>& stands) {
        const auto* asked = sent(Lane::media);
        REQUIRE(asked);
        reply(Lane::media, asked->attempt, ours(wire::encode(wire::MediaReply{epoch, stands})));
    }
    void load_piece() {
        REQUIRE(find<LoadPiece>());
        step(PieceLoaded{std::string("sealed"), now});
    }
    std::string asked() const {
        const auto* request = sent(Lane::media);
        return request ? request->request.method + " " + request->request.path : std::string{};
    }
};

std::string put_of(const MediaToSend& one, int piece) {
    return "PUT /v1/media?sha256=" + one.sha256.hex() + "&piece=" + std::to_string(piece);
}

// --- a tablet and a centre -----------------------------------------------------------

std::string picture(Random& random, std::size_t bytes) {
    std::string content;
    while (content.size() < bytes)
        content += static_cast<char>(random.below(256));
    return content;
}

struct Taken {
    Attachment attachment;
    std::string content;
};

struct Finish {
    Uuid questionnaire;
    std::vector<Taken> taken;
    QuestionnaireFinished recorded;
};

// A draft with its pictures, and its end.
Finish finish_with(SealedTablet& tablet,
                   const std::vector<std::pair<AttachmentKind, std::size_t>>& pictures) {
    Finish made;
    made.questionnaire = Uuid::random(tablet.random);
    REQUIRE(Drafts(*tablet.store).begin({made.questionnaire, {}, {}, "", 0, 0}, "<form/>").ok());
    for (const auto& [kind, bytes] : pictures) {
        const auto content = picture(tablet.random, bytes);
        const auto kept =
            Attachments(*tablet.store).add(Uuid::random(tablet.random), made.questionnaire, kind, content);
        REQUIRE(kept.ok());
        made.taken.push_back({*kept, content});
    }
    QuestionnaireFinished finished;
    finished.questionnaire = made.questionnaire;
    finished.contact = Uuid::random(tablet.random);
    finished.form = {"safer_streets", "1", {}};
    finished.complete = true;
    finished.day = Day::of(2013, 6, 8);
    Operation fact;
    fact.subject = Uuid::random(tablet.random);
    fact.payload = finished;
    auto transaction = tablet.store->begin();
    REQUIRE(transaction.ok());
    const auto kept = transaction->append({fact});
    REQUIRE(kept.ok());
    REQUIRE(transaction->commit().ok());
    made.recorded = std::get<QuestionnaireFinished>(kept->front().payload);
    return made;
}

void all_arrived(Centre& centre, const Finish& made) {
    REQUIRE(made.recorded.media.size() == made.taken.size());
    for (const auto& one : made.taken) {
        const auto named = std::find_if(made.recorded.media.begin(), made.recorded.media.end(),
                                        [&](const MediaItem& item) { return item.id == one.attachment.id; });
        REQUIRE(named != made.recorded.media.end());
        const auto opened = open_media(*centre.sql, *named);
        REQUIRE(opened.ok());
        CHECK(opened->view() == one.content);
    }
}

std::uint64_t waits(SealedTablet& tablet) {
    const auto left = outbound_media(*tablet.sql, {}, true);
    REQUIRE(left.ok());
    return left->signatures + left->photos;
}

}  // namespace

TEST_CASE("pictures come after the text, signatures before photos, and only what lacks", "[engine][media]") {
    MediaBench bench;
    bench.keep_fact();
    const auto sign = bench.add(false, 1);
    const auto view = bench.add(true, 3);
    bench.begin_with_media(0);
    CHECK_FALSE(bench.find<LoadMedia>());
    const auto push = bench.load(1);
    CHECK_FALSE(bench.find<LoadMedia>());
    bench.reply(Lane::push, push, bench.ours(wire::encode(bench.acknowledgement(1))));
    CHECK_FALSE(bench.find<LoadMedia>());
    bench.step(Kept{Lane::push, bench.position(1), bench.now});
    CHECK_FALSE(bench.engine.state().up_to_date);
    bench.load_media();
    CHECK(bench.asked() == "GET /v1/media?of=" + sign.sha256.hex() + "," + view.sha256.hex());
    bench.answer({{view.sha256, false, {true, false, false}}, {sign.sha256, false, {false}}});
    REQUIRE(bench.find<LoadPiece>());
    CHECK(bench.find<LoadPiece>()->attachment == sign.attachment);
    bench.load_piece();
    CHECK(bench.asked() == put_of(sign, 0));
    bench.answer({{sign.sha256, true, {}}});
    REQUIRE(bench.find<KeepMediaFate>());
    CHECK(bench.find<KeepMediaFate>()->fate == MediaFate::sent);
    CHECK(bench.find<KeepMediaFate>()->media == std::vector<Sha256>{sign.sha256});
    CHECK_FALSE(bench.sent(Lane::media));
    bench.step(Kept{Lane::media, bench.position(1), bench.now});
    bench.load_piece();
    CHECK(bench.asked() == put_of(view, 1));
    bench.answer({{view.sha256, false, {true, true, false}}});
    bench.load_piece();
    CHECK(bench.asked() == put_of(view, 2));
    // A fact that is recorded meanwhile goes first.
    const auto last = bench.sent(Lane::media)->attempt;
    bench.keep_fact();
    bench.step(FactsKept{2, bench.now});
    CHECK(bench.find<LoadUnsent>());
    bench.reply(Lane::media, last,
                bench.ours(wire::encode(wire::MediaReply{bench.epoch, {{view.sha256, true, {}}}})));
    CHECK(bench.find<KeepMediaFate>());
    bench.step(Kept{Lane::media, bench.position(1), bench.now});
    CHECK_FALSE(bench.find<LoadMedia>());
}

TEST_CASE("nothing but the endpoint's signed word marks a picture as sent", "[engine][media]") {
    MediaBench bench;
    const auto view = bench.add(true, 2);
    const auto at_piece = [&] {
        bench.begin_with_media(0);
        bench.load_media();
        bench.answer({{view.sha256, false, {true, false}}});
        bench.load_piece();
        return bench.sent(Lane::media)->attempt;
    };
    const auto whole = wire::encode(wire::MediaReply{bench.epoch, {{view.sha256, true, {}}}});
    std::vector<Result<HttpReply>> lies{HttpReply{200, {}, "<html>sign in</html>", false},
                                        HttpReply{200, {}, whole, false},
                                        HttpReply{200, {{"doorstep-endpoint", "1"}}, whole, false},
                                        bench.ours("{}"),
                                        bench.ours(whole, 204),
                                        Error{Fault::unreachable, "It was cut off.", ""}};
    const auto other = Uuid::random(bench.ids);
    lies.emplace_back(bench.ours(wire::encode(wire::MediaReply{other, {{view.sha256, true, {}}}})));
    lies.emplace_back(
        bench.ours(wire::encode(wire::MediaReply{bench.epoch, {{Sha256::of("other"), true, {}}}})));
    lies.emplace_back(bench.ours(wire::encode(wire::MediaReply{bench.epoch, {}})));
    // It has less than before: a piece that does not stay must not be sent for ever.
    lies.emplace_back(
        bench.ours(wire::encode(wire::MediaReply{bench.epoch, {{view.sha256, false, {true, false}}}})));
    for (const auto& lie : lies) {
        const auto attempt = at_piece();
        bench.reply(Lane::media, attempt, lie);
        CHECK_FALSE(bench.find<KeepMediaFate>());
        CHECK_FALSE(bench.sent(Lane::media));
        CHECK_FALSE(bench.engine.state().up_to_date);
        // Afterwards the endpoint is asked what it has.
        bench.now += 600'000;
        if (const auto* status = bench.sent(Lane::status))
            bench.reply(Lane::status, status->attempt, bench.ours(wire::encode(bench.stands())));
        else
            bench.step(Woken{bench.now});
        CHECK(bench.asked() == "GET /v1/media?of=" + view.sha256.hex());
    }
}

TEST_CASE("photos wait for charge or a free network, signatures for nothing", "[engine][media]") {
    MediaBench bench;
    const auto sign = bench.add(false, 1);
    const auto view = bench.add(true, 1);
    bench.step(PhotosMayGo{false, bench.now});
    bench.begin_with_media(0);
    bench.load_media();
    CHECK(bench.asked() == "GET /v1/media?of=" + sign.sha256.hex());
    bench.answer({{sign.sha256, true, {}}});
    bench.waiting.erase(bench.waiting.begin());
    bench.step(Kept{Lane::media, bench.position(), bench.now});
    bench.load_media();
    CHECK_FALSE(bench.sent(Lane::media));
    CHECK(bench.engine.state().up_to_date);
    bench.step(PhotosMayGo{true, bench.now});
    bench.load_media();
    CHECK(bench.asked() == "GET /v1/media?of=" + view.sha256.hex());
}

TEST_CASE("what the endpoint threw away goes once more, and then the fault is told", "[engine][media]") {
    MediaBench bench;
    const auto view = bench.add(true, 1);
    const auto next = bench.add(true, 1);
    bench.begin_with_media(0);
    bench.load_media();
    const auto altered = bench.ours(wire::encode(wire::Refusal{"altered", "Not what was named.", 0}), 409);
    for (int time = 0; time < 2; ++time) {
        bench.answer({{view.sha256, false, {false}}, {next.sha256, false, {false}}});
        bench.load_piece();
        CHECK(bench.asked() == put_of(view, 0));
        bench.reply(Lane::media, bench.sent(Lane::media)->attempt, altered);
    }
    REQUIRE(bench.find<KeepMediaFate>());
    CHECK(bench.find<KeepMediaFate>()->fate == MediaFate::refused);
    CHECK(bench.engine.state().quarantined.size() == 1);
    bench.step(Kept{Lane::media, bench.position(), bench.now});
    bench.load_piece();
    CHECK(bench.asked() == put_of(next, 0));
    // One that no fact names there any more is left for another day.
    bench.reply(Lane::media, bench.sent(Lane::media)->attempt,
                bench.ours(wire::encode(wire::Refusal{"unnamed", "No fact named that.", 0}), 404));
    CHECK_FALSE(bench.find<KeepMediaFate>());
    bench.waiting.clear();
    bench.load_media();
    CHECK(bench.engine.state().up_to_date);
}

TEST_CASE("a finish names its pictures, and they arrive whole with the next sync", "[tablet][media]") {
    CentreWithKeys centre;
    SealedTablet tablet(centre, "tab-01", 5);
    tablet.enrol();
    const auto made = finish_with(tablet, {{a_photo, 200'000}, {a_signature, 5'000}, {a_photo, 100}});
    CHECK(waits(tablet) == 3);
    for (const auto& item : made.recorded.media)
        CHECK(item.required_for == (item.kind == a_signature ? "send" : ""));
    tablet.sync_whole();
    all_arrived(centre, made);
    CHECK(waits(tablet) == 0);
    CHECK(tablet.store->quarantined()->empty());
    // Once is enough.
    DirectClient line(centre, tablet.identity);
    int pieces = 0;
    line.on_the_way = [&](HttpRequest& request) { pieces += request.method == "PUT" ? 1 : 0; };
    REQUIRE(tablet.sync(line)->up_to_date);
    CHECK(pieces == 0);
    // A finish without any names none; an attachment of a draft stays where it is.
    CHECK(finish_with(tablet, {}).recorded.media.empty());
    CHECK(waits(tablet) == 0);
}

TEST_CASE("a locked tablet sends pictures too", "[tablet][media]") {
    CentreWithKeys centre;
    SealedTablet tablet(centre, "tab-01", 6);
    tablet.enrol();
    const auto made = finish_with(tablet, {{a_photo, 90'000}, {a_signature, 3'000}});
    tablet.lock();
    CHECK(waits(tablet) == 2);
    tablet.sync_whole();
    all_arrived(centre, made);
    CHECK(waits(tablet) == 0);
    tablet.unlock_and_fold();
    CHECK(waits(tablet) == 0);
}

TEST_CASE("what is cut between any two pieces goes on there, and no piece goes twice", "[tablet][media]") {
    CentreWithKeys centre;
    SealedTablet tablet(centre, "tab-01", 7);
    tablet.enrol();
    const auto made = finish_with(tablet, {{a_photo, 300'000}, {a_signature, 3'000}});
    std::uint64_t all = 0;
    for (const auto& one : made.taken)
        all += one.attachment.pieces;
    std::uint64_t went = 0;
    for (int turn = 0; turn < 40 && waits(tablet) > 0; ++turn) {
        DirectClient line(centre, tablet.identity);
        int here = 0;
        line.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
            return reply.status == 200 && here > 1
                       ? Result<HttpReply>(Error{Fault::unreachable, "It was cut off.", ""})
                       : Result<HttpReply>(std::move(reply));
        };
        line.on_the_way = [&](HttpRequest& request) {
            if (request.method != "PUT")
                return;
            ++here;
            went += here <= 2 ? 1 : 0;
            if (here > 2)
                request.path = "/cut";
        };
        static_cast<void>(tablet.sync(line).ok());
        // Killed, and opened again.
        tablet.unlock();
    }
    all_arrived(centre, made);
    CHECK(waits(tablet) == 0);
    CHECK(went <= all + 2);
}

TEST_CASE("a sign-in page that answers 200 to everything marks no picture", "[tablet][media]") {
    CentreWithKeys centre;
    SealedTablet tablet(centre, "tab-01", 8);
    tablet.enrol();
    const auto made = finish_with(tablet, {{a_signature, 3'000}});
    DirectClient line(centre, tablet.identity);
    line.on_the_way_back = [](HttpReply) -> Result<HttpReply> {
        return HttpReply{200, {{"content-type", "text/html"}}, "<html>sign in</html>", false};
    };
    REQUIRE(tablet.sync(line).ok());
    CHECK(waits(tablet) == 1);
    tablet.sync_whole();
    all_arrived(centre, made);
}

TEST_CASE("a home that the centre forgets takes its pictures from the tablet", "[tablet][media]") {
    CentreWithKeys centre;
    SealedTablet tablet(centre, "tab-01", 9);
    tablet.enrol();
    const auto made = finish_with(tablet, {{a_photo, 70'000}});
    const auto other = finish_with(tablet, {{a_photo, 100}});
    tablet.sync_whole();
    std::vector<Uuid> facts;
    const auto log = tablet.store->log();
    REQUIRE(log.ok());
    for (const auto& fact : *log)
        if (const auto* one = std::get_if<QuestionnaireFinished>(&fact.payload);
            one && one->questionnaire == made.questionnaire)
            facts.push_back(fact.id);
    REQUIRE(facts.size() == 1);
    auto transaction = centre.endpoint.store().begin();
    REQUIRE(transaction.ok());
    Operation order;
    order.subject = Uuid::random(centre.random);
    order.payload = RecordsErased{order.subject, facts, {}};
    REQUIRE(transaction->append({order}).ok());
    REQUIRE(transaction->commit().ok());
    tablet.sync_whole();
    CHECK(Attachments(*tablet.store).of(made.questionnaire)->empty());
    CHECK(Attachments(*tablet.store).of(other.questionnaire)->size() == 1);
    CHECK(count_rows(*tablet.sql, "outbound_media") == 1);
}

TEST_CASE("a picture that is taken out before it went goes nowhere", "[tablet][media]") {
    CentreWithKeys centre;
    SealedTablet tablet(centre, "tab-01", 10);
    tablet.enrol();
    const auto made = finish_with(tablet, {{a_photo, 100}, {a_signature, 100}});
    {
        auto transaction = tablet.store->begin();
        REQUIRE(transaction.ok());
        REQUIRE(Attachments::remove(*transaction, made.taken.front().attachment.id).ok());
        REQUIRE(transaction->commit().ok());
    }
    CHECK(waits(tablet) == 1);
    tablet.sync_whole();
    CHECK(count_rows(*centre.sql, "media_piece") == 1);
}

TEST_CASE("one that is damaged on the tablet is told, and the others go", "[tablet][media]") {
    CentreWithKeys centre;
    SealedTablet tablet(centre, "tab-01", 11);
    tablet.enrol();
    const auto made = finish_with(tablet, {{a_signature, 100}, {a_photo, 100}});
    REQUIRE(tablet.sql
                ->run("update sealed_piece set sealed = zeroblob(296) where attachment = :id",
                      {{"id", Blob{std::string(made.taken.front().attachment.id.raw())}}})
                .ok());
    const auto outcome = tablet.sync();
    REQUIRE(outcome.ok());
    CHECK(outcome->up_to_date);
    REQUIRE(outcome->state.quarantined.size() == 1);
    CHECK(outcome->state.quarantined.front().reason.find("picture") != std::string::npos);
    CHECK(waits(tablet) == 0);
    CHECK(count_rows(*centre.sql, "media where done_ms > 0") == 1);
}
