// Signatures and photos at the endpoint: nothing comes in that no fact named, nothing is whole that is not,
// and what was forgotten is gone.
#include "sync/endpoint/media.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "sync/endpoint/erasure.h"
#include "sync/endpoint/subject_record.h"
#include "sync/endpoint/verify_store.h"
#include "sync/store/attachment_rows.h"
#include "sync/store/sql_values.h"
#include "sync/vault/sealed_row.h"
#include "sync/wire/limits.h"
#include "sync/wire/media.h"
#include "sync/wire/parcels.h"
#include "tests/support/temporary_folder.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

struct Picture {
    std::string content;
    MediaItem item;
    std::vector<std::string> pieces;
};

// As a tablet seals it.
Picture picture_of(Random& random, AttachmentKind kind, std::size_t bytes) {
    Picture made;
    while (made.content.size() < bytes)
        made.content += static_cast<char>(random.below(256));
    made.item.id = Uuid::random(random);
    made.item.kind = kind;
    made.item.required_for = kind == AttachmentKind::signature ? "send" : "";
    const auto key = SecretBytes::random(RowKeys::key_size);
    made.item.file_key = std::string(key.view());
    RowKeys keys;
    keys.add(1, key.duplicate());
    std::string all;
    for (std::size_t at = 0; at < bytes; at += attachment_limits::piece_bytes) {
        made.pieces.push_back(
            keys.seal(piece_identity(made.item.id, static_cast<std::uint32_t>(made.pieces.size())),
                      std::string_view(made.content).substr(at, attachment_limits::piece_bytes)));
        all += made.pieces.back();
    }
    made.item.sha256 = Sha256::of(all);
    made.item.length = all.size();
    made.item.pieces = static_cast<std::uint32_t>(made.pieces.size());
    return made;
}

Operation finish(Random& random, const Uuid& home, const Uuid& contact, std::vector<MediaItem> media) {
    QuestionnaireFinished finished;
    finished.questionnaire = Uuid::random(random);
    finished.contact = contact;
    finished.form = {"safer_streets", "1", {}};
    finished.complete = true;
    finished.day = Day::of(2013, 6, 8);
    finished.media = std::move(media);
    auto operation = visit(random);
    operation.subject = home;
    operation.payload = std::move(finished);
    return operation;
}

Operation signed_referral(Random& random, const Uuid& home, const Uuid& contact) {
    auto operation = referral(random, Uuid::random(random), "fire");
    auto& raised = std::get<ReferralRaised>(operation.payload);
    raised.household = operation.subject = home;
    raised.contact = contact;
    raised.agreement.channel = "signature";
    return operation;
}

EndpointResponse piece_sent(const Hand& tablet, const Sha256& hash, std::size_t number,
                            const std::string& bytes, const std::string& type = wire::content_type_bytes) {
    return tablet.centre.handle(tablet.signed_again(
        {"PUT", fmt::format("/v1/media?sha256={}&piece={}", hash.hex(), number), {}, type, "", bytes}));
}
EndpointResponse piece_sent(const Hand& tablet, const Picture& picture, std::size_t number) {
    return piece_sent(tablet, picture.item.sha256, number, picture.pieces.at(number));
}

wire::MediaReply media_told(const EndpointResponse& response) {
    INFO(response.body);
    REQUIRE(response.status == 200);
    const auto reply = wire::decode_media_reply(response.body);
    REQUIRE(reply.ok());
    return *reply;
}

std::vector<wire::MediaStand> asked(const Hand& tablet, const std::vector<Picture>& pictures) {
    std::string hashes;
    for (const auto& one : pictures)
        hashes += (hashes.empty() ? "" : ",") + one.item.sha256.hex();
    return media_told(tablet.centre.handle(tablet.request("GET", "/v1/media?of=" + hashes))).media;
}

std::string outbox_state_of(Centre& centre) {
    return centre.text("select state from outbox where partnership = 1");
}

struct Door {
    Centre centre;
    Hand tablet{centre};
    Uuid home = Uuid::random(centre.random);
    Uuid contact = Uuid::random(centre.random);

    Operation push_finish(std::vector<MediaItem> media, bool with_referral = false) {
        auto finished = finish(centre.random, home, contact, std::move(media));
        std::vector<Operation> facts{finished};
        if (with_referral)
            facts.push_back(signed_referral(centre.random, home, contact));
        tablet.keep(facts);
        const auto told = acknowledged(tablet.push(tablet.envelopes.size() - 1, tablet.envelopes.size()));
        CHECK(told.quarantined.empty());
        return finished;
    }
    void send_whole(const Picture& picture) {
        for (std::size_t i = 0; i < picture.pieces.size(); ++i)
            CHECK(piece_sent(tablet, picture, i).status == 200);
    }
};

}  // namespace

TEST_CASE("a picture that a fact named comes piece by piece, in any order, and opens to what was taken",
          "[endpoint][media]") {
    Door door;
    const auto photo = picture_of(door.centre.random, AttachmentKind::photo, 150'000);
    const auto other = picture_of(door.centre.random, AttachmentKind::photo, 3'000);
    REQUIRE(photo.pieces.size() == 3);
    door.push_finish({photo.item});
    const auto none = asked(door.tablet, {photo, other});
    REQUIRE(none.size() == 1);  // of the other no fact said anything
    CHECK(none.front() == wire::MediaStand{photo.item.sha256, false, {false, false, false}});
    CHECK(media_told(piece_sent(door.tablet, photo, 2)).media.front().have ==
          std::vector<bool>{false, false, true});
    // The same again changes nothing.
    CHECK(media_told(piece_sent(door.tablet, photo, 2)).media.front().have ==
          std::vector<bool>{false, false, true});
    CHECK(media_told(piece_sent(door.tablet, photo, 0)).media.front().have ==
          std::vector<bool>{true, false, true});
    CHECK(open_media(door.centre.sql, photo.item).error().fault == Fault::not_found);
    const auto whole = wire::MediaStand{photo.item.sha256, true, {}};
    CHECK(media_told(piece_sent(door.tablet, photo, 1)).media.front() == whole);
    CHECK(media_told(piece_sent(door.tablet, photo, 1)).media.front() == whole);
    CHECK(asked(door.tablet, {photo}).front() == whole);
    CHECK(door.centre.rows("media_piece") == 3);
    const auto opened = open_media(door.centre.sql, photo.item);
    REQUIRE(opened.ok());
    CHECK(opened->view() == photo.content);
    const auto verdict = verify_store(*door.centre.endpoint);
    REQUIRE(verdict.ok());
    CHECK(verdict->ok());
    CHECK(verdict->pictures == 1);
    // Whoever reads the log without the key of the fact reads nothing of it.
    CHECK(media_told(door.centre.handle(door.tablet.request("GET", "/v1/media?of="))).epoch ==
          *door.centre.endpoint->store().epoch());
}

TEST_CASE("bytes that are not what was named are told and thrown away, and the right ones come after them",
          "[endpoint][media]") {
    Door door;
    const auto photo = picture_of(door.centre.random, AttachmentKind::photo, 100'000);
    door.push_finish({photo.item});
    CHECK(piece_sent(door.tablet, photo, 0).status == 200);
    auto altered = photo.pieces.at(1);
    altered[100] = static_cast<char>(altered[100] ^ 1);
    const auto refused = piece_sent(door.tablet, photo.item.sha256, 1, altered);
    CHECK(refused.status == 409);
    CHECK(code_of(refused) == "altered");
    CHECK(door.centre.rows("media_piece") == 0);
    CHECK(asked(door.tablet, {photo}).front().have == std::vector<bool>{false, false});
    // Shorter and longer than it was named too.
    CHECK(piece_sent(door.tablet, photo, 1).status == 200);
    CHECK(piece_sent(door.tablet, photo.item.sha256, 0, "x").status == 409);
    CHECK(piece_sent(door.tablet, photo, 1).status == 200);
    CHECK(piece_sent(door.tablet, photo.item.sha256, 0, std::string(limits::media_piece_bytes_max, 'x'))
              .status == 409);
    CHECK(door.centre.rows("media_piece") == 0);
    door.send_whole(photo);
    CHECK(asked(door.tablet, {photo}).front().complete);
    // One that lies here damaged is found.
    REQUIRE(door.centre.sql
                .run("update media_piece set sealed = :none where partnership = 1 and number = 1",
                     {{"none", Blob{std::string(200, 'x')}}})
                .ok());
    CHECK(open_media(door.centre.sql, photo.item).error().fault == Fault::damaged);
    CHECK_FALSE(verify_store(*door.centre.endpoint)->ok());
}

TEST_CASE("what no fact named gets no room", "[endpoint][media]") {
    Door door;
    const Hand stranger(door.centre, "tab-02");
    const auto photo = picture_of(door.centre.random, AttachmentKind::photo, 70'000);
    const auto unnamed = picture_of(door.centre.random, AttachmentKind::photo, 10);
    door.push_finish({photo.item});
    for (const auto* who : {&stranger, &std::as_const(door.tablet)}) {
        const auto refused = piece_sent(*who, unnamed, 0);
        CHECK(refused.status == 404);
        CHECK(code_of(refused) == "unnamed");
    }
    CHECK(asked(stranger, {unnamed}).empty());
    CHECK(door.centre.rows("media_piece") == 0);
    CHECK(door.centre.rows("media_taken") == 0);
    // Enrolled anew, the same tablet goes on with what it named before.
    const Hand anew(door.centre, "tab-01");
    CHECK(piece_sent(anew, photo, 0).status == 200);
    CHECK(piece_sent(anew, photo, 1).status == 200);
    CHECK(asked(door.tablet, {photo}).front().complete);
}

TEST_CASE("a signature that is not sent yet comes under another name too, and its referral goes on",
          "[endpoint][media]") {
    Door door;
    const auto signature = picture_of(door.centre.random, AttachmentKind::signature, 70'000);
    door.push_finish({signature.item}, true);
    REQUIRE(piece_sent(door.tablet, signature, 0).status == 200);
    REQUIRE(outbox_state_of(door.centre) == "gate");
    // The officer's tablet is enrolled again, and the centre calls it otherwise now.
    const Hand renamed(door.centre, "tab-02");
    const auto stands = asked(renamed, {signature});
    REQUIRE(stands.size() == 1);
    CHECK(stands.front() == wire::MediaStand{signature.item.sha256, false, {true, false}});
    // The whole must be what was named, whoever brings it.
    CHECK(piece_sent(renamed, signature.item.sha256, 1, "x").status == 409);
    CHECK(outbox_state_of(door.centre) == "gate");
    CHECK(piece_sent(renamed, signature, 0).status == 200);
    CHECK(piece_sent(renamed, signature, 1).status == 200);
    CHECK(asked(renamed, {signature}).front().complete);
    CHECK(outbox_state_of(door.centre) == "waiting");
}

TEST_CASE("a piece beyond a bound is refused, and a day's worth is enough", "[endpoint][media]") {
    Door door;
    const auto photo = picture_of(door.centre.random, AttachmentKind::photo, 70'000);
    door.push_finish({photo.item});
    const auto& hash = photo.item.sha256;
    CHECK(piece_sent(door.tablet, hash, 0, std::string(limits::media_piece_bytes_max + 1, 'x')).status ==
          413);
    CHECK(piece_sent(door.tablet, hash, 2, "x").status == 400);
    CHECK(piece_sent(door.tablet, hash, 129, "x").status == 400);
    CHECK(piece_sent(door.tablet, hash, 0, "").status == 400);
    CHECK(piece_sent(door.tablet, hash, 0, "x", wire::content_type_frame).status == 415);
    for (const char* target : {"/v1/media", "/v1/media?piece=0", "/v1/media?sha256=aa&piece=0"})
        CHECK(door.centre
                  .handle(door.tablet.signed_again({"PUT", target, {}, wire::content_type_bytes, "", "x"}))
                  .status == 400);
    CHECK(door.centre.handle(door.tablet.request("GET", "/v1/media?of=zz")).status == 400);
    std::string many = hash.hex();
    for (std::size_t i = 0; i < limits::media_asked_max; ++i)
        many += "," + hash.hex();
    CHECK(door.centre.handle(door.tablet.request("GET", "/v1/media?of=" + many)).status == 400);
    CHECK(door.centre.handle(door.tablet.request("POST", "/v1/media", "x")).status == 405);
    CHECK(door.centre.rows("media_piece") == 0);
    CHECK(piece_sent(door.tablet, photo, 0).status == 200);
    REQUIRE(door.centre.sql
                .run("update media_taken set bytes = :all where partnership = 1",
                     {{"all", static_cast<std::int64_t>(limits::media_day_bytes_max)}})
                .ok());
    const auto enough = piece_sent(door.tablet, photo, 1);
    CHECK(enough.status == 429);
    CHECK(enough.retry_after_s > 0);
    CHECK(door.centre.rows("media_piece") == 1);
    door.centre.clock.advance_ms(86'400'000);
    CHECK(piece_sent(door.tablet, photo, 1).status == 200);
    CHECK(asked(door.tablet, {photo}).front().complete);
}

TEST_CASE("a questionnaire that names more than it may is set aside, and nothing may come for it",
          "[endpoint][media]") {
    Door door;
    auto photo = picture_of(door.centre.random, AttachmentKind::photo, 10);
    photo.item.pieces = 130;
    photo.item.length = 130 * limits::media_piece_bytes_max;
    door.tablet.keep({finish(door.centre.random, door.home, door.contact, {photo.item})});
    CHECK(acknowledged(door.tablet.push(0, 1)).quarantined.size() == 1);
    CHECK(piece_sent(door.tablet, photo, 0).status == 404);
}

TEST_CASE("a referral waits for the signature of its agreement and goes on with its last piece",
          "[endpoint][media]") {
    Door door;
    const auto signature = picture_of(door.centre.random, AttachmentKind::signature, 70'000);
    const auto second = picture_of(door.centre.random, AttachmentKind::signature, 4'000);
    const auto photo = picture_of(door.centre.random, AttachmentKind::photo, 100);
    door.push_finish({photo.item, signature.item, second.item}, true);
    CHECK(outbox_state_of(door.centre) == "gate");
    door.send_whole(photo);
    CHECK(outbox_state_of(door.centre) == "gate");
    CHECK(piece_sent(door.tablet, signature, 0).status == 200);
    CHECK(outbox_state_of(door.centre) == "gate");
    CHECK(piece_sent(door.tablet, signature, 1).status == 200);
    // Which of the two agreements was signed nobody can tell: both are awaited.
    CHECK(outbox_state_of(door.centre) == "gate");
    door.send_whole(second);
    CHECK(outbox_state_of(door.centre) == "waiting");
    // A correction that names the same ones finds them here.
    door.push_finish({photo.item, signature.item, second.item}, true);
    CHECK(door.centre.rows("outbox where state = 'gate'") == 0);
}

TEST_CASE("what is not committed was never told, and a full disk keeps nothing of a piece",
          "[endpoint][media]") {
    Door door;
    const auto photo = picture_of(door.centre.random, AttachmentKind::photo, 70'000);
    door.push_finish({photo.item});
    door.centre.sql.full_at_commit = true;
    CHECK(piece_sent(door.tablet, photo, 0).status == 503);
    door.centre.sql.full_at_commit = false;
    CHECK(asked(door.tablet, {photo}).front().have == std::vector<bool>{false, false});
    door.send_whole(photo);
    // Opened again, it is whole.
    door.centre.endpoint.reset();
    door.centre.endpoint = door.centre.open();
    CHECK(asked(door.tablet, {photo}).front().complete);
    CHECK(open_media(door.centre.sql, photo.item)->view() == photo.content);
}

TEST_CASE("other tablets learn of no picture and of no key", "[endpoint][media]") {
    Door door;
    Hand other(door.centre, "tab-02");
    const auto photo = picture_of(door.centre.random, AttachmentKind::photo, 100);
    door.push_finish({photo.item}, true);
    const auto page = wire::decode_pull_reply(other.pull(0).body);
    REQUIRE(page.ok());
    REQUIRE(page->operations.size() == 2);
    const auto finished = wire::decode(page->operations.front().json);
    REQUIRE(finished.ok());
    CHECK(std::get<QuestionnaireFinished>(finished->payload).media.empty());
    for (const auto& one : page->operations) {
        CHECK(one.json.find(photo.item.sha256.hex()) == std::string::npos);
        CHECK(one.json.find(to_base64(photo.item.file_key)) == std::string::npos);
    }
    CHECK(without_media(R"({"a":"media","media" : [{"x":"]\"]"},[1]],"b":[2]})") ==
          R"({"a":"media","media" : [],"b":[2]})");
    CHECK(without_media(R"({"media":"text","media":[)") == R"({"media":"text","media":[)");
}

TEST_CASE("erasing a home takes its pictures, also those that come later, and leaves the others",
          "[endpoint][media]") {
    Door door;
    const TemporaryFolder folder;
    const ErasureList list(folder / "erasures.list");
    const auto gone = picture_of(door.centre.random, AttachmentKind::photo, 70'000);
    const auto half = picture_of(door.centre.random, AttachmentKind::signature, 70'000);
    const auto stays = picture_of(door.centre.random, AttachmentKind::photo, 1'000);
    door.push_finish({gone.item, half.item}, true);
    const auto home = std::exchange(door.home, Uuid::random(door.centre.random));
    door.contact = Uuid::random(door.centre.random);
    door.push_finish({stays.item});
    door.send_whole(gone);
    door.send_whole(stays);
    CHECK(piece_sent(door.tablet, half, 0).status == 200);
    const auto by = door.centre.endpoint->forgetting(list);
    REQUIRE(by.ok());
    REQUIRE(erase_subject(*by, home).ok());
    CHECK(door.centre.rows("media") == 1);
    CHECK(door.centre.rows("media_named") == 1);
    CHECK(door.centre.rows("media_piece") == 1);
    CHECK(outbox_state_of(door.centre) == "erased");
    CHECK(piece_sent(door.tablet, half, 1).status == 404);
    CHECK(asked(door.tablet, {gone, half, stays}).size() == 1);
    // A fact of that home that was recorded before and arrives now names nothing.
    const auto late = picture_of(door.centre.random, AttachmentKind::photo, 100);
    door.tablet.keep({finish(door.centre.random, home, Uuid::random(door.centre.random), {late.item})});
    acknowledged(door.tablet.push(door.tablet.envelopes.size() - 1, door.tablet.envelopes.size()));
    CHECK(piece_sent(door.tablet, late, 0).status == 404);
    CHECK(open_media(door.centre.sql, stays.item)->view() == stays.content);
    CHECK(verify_store(*door.centre.endpoint)->ok());
}

TEST_CASE("retention takes pictures with their questionnaires", "[endpoint][media]") {
    Door door;
    const TemporaryFolder folder;
    const ErasureList list(folder / "erasures.list");
    const auto photo = picture_of(door.centre.random, AttachmentKind::photo, 1'000);
    door.push_finish({photo.item});
    door.send_whole(photo);
    door.centre.clock.advance_ms(std::int64_t{400} * 86'400'000);
    const auto by = door.centre.endpoint->forgetting(list);
    REQUIRE(by.ok());
    REQUIRE(run_retention(*by, {}).ok());
    CHECK(door.centre.rows("media_piece") == 0);
    CHECK(door.centre.rows("media") == 0);
}

TEST_CASE("whoever asks what is recorded of him is told of the pictures, without their keys",
          "[endpoint][media]") {
    Door door;
    const auto here = picture_of(door.centre.random, AttachmentKind::photo, 1'000);
    const auto coming = picture_of(door.centre.random, AttachmentKind::signature, 1'000);
    door.push_finish({here.item, coming.item});
    door.send_whole(here);
    const auto facts = record_of(door.centre.endpoint->store(), door.home);
    REQUIRE(facts.ok());
    const auto bundle = subject_bundle(door.home, *facts, door.centre.clock);
    CHECK(bundle.find(here.item.sha256.hex()) != std::string::npos);
    CHECK(bundle.find(coming.item.sha256.hex()) != std::string::npos);
    CHECK(bundle.find("pictures_here") != std::string::npos);
    CHECK(bundle.find("file_key") == std::string::npos);
    const auto history = history_text(*facts, door.centre.clock);
    CHECK(history.find("photo " + here.item.sha256.hex() + ", here") != std::string::npos);
    CHECK(history.find("signature " + coming.item.sha256.hex() + ", still on the tablet") !=
          std::string::npos);
    const auto rows = export_csv(door.centre.endpoint->store(), Day::of(2013, 1, 1), Day::of(2014, 1, 1), {});
    REQUIRE(rows.ok());
    CHECK(rows->find("\"signature\"") != std::string::npos);
    CHECK(rows->find(here.item.sha256.hex()) != std::string::npos);
}
