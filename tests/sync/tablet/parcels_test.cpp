// Reference data on its way to a tablet, the real ends joined by a function call: whatever is cut or
// forged, what was in use stays in use.
#include <filesystem>
#include <fstream>

#include "forms/definition/vocabulary.h"
#include "sync/endpoint/parcels.h"
#include "sync/store/sql_values.h"
#include "sync/tablet/parcel_folder.h"
#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
#include "tests/sync/tablet/sealed_tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

using wire::ParcelKind;

std::string noise(std::size_t bytes, std::uint64_t seed) {
    SeededRandom random(seed);
    std::string text(bytes, ' ');
    for (auto& each : text)
        each = static_cast<char>(random.below(256));
    return text;
}

struct Fetching {
    Centre centre;
    Tablet tablet{centre, "tab-01", 21};
    TemporaryFolder folder;
    SeededRandom jitter{5};
    DirectClient http{centre, tablet.identity};

    ParcelFolder here() const { return {folder / "published", centre.endpoint.keys()->signing.public_key}; }
    void publish(const std::string& name, const std::string& content,
                 ParcelKind kind = ParcelKind::addresses) {
        const auto published = centre.endpoint.publish({{kind, name, content, {}, {}}});
        if (!published.ok())
            FAIL(published.error().text());
    }
    SyncOutcome sync(int give_up_after = 6) {
        auto parcels = here();
        const auto outcome = sync_now(
            tablet.store, http, centre.clock, jitter, [&](std::int64_t ms) { centre.clock.advance_ms(ms); },
            give_up_after, {}, &parcels);
        REQUIRE(outcome.ok());
        return *outcome;
    }
    // What is in use, by name; "damaged" for what cannot be read.
    std::map<std::string, std::string> in_use() const {
        const auto parcels = here();
        std::map<std::string, std::string> found;
        for (const auto& one : parcels.parcels()) {
            const auto content = parcels.content(one);
            found[one.name] = content.ok() ? *content : "damaged";
        }
        return found;
    }
    std::size_t files() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder / "published"))
            ++count;
        return count;
    }
    void alter(const std::string& statement) { REQUIRE(centre.sql->script(statement).ok()); }
};

}  // namespace

TEST_CASE("a tablet fetches what is published, once, and drops what is not any more", "[tablet][parcels]") {
    Fetching f;
    CHECK(f.sync().up_to_date);
    CHECK(f.in_use().empty());
    f.publish("BE", noise(200'000, 1));
    f.publish("safer_streets/1", "a form", ParcelKind::form);
    CHECK(f.sync().up_to_date);
    CHECK(f.in_use() ==
          std::map<std::string, std::string>{{"BE", noise(200'000, 1)}, {"safer_streets/1", "a form"}});
    f.http.exchanges = 0;
    CHECK(f.sync().up_to_date);
    CHECK(f.http.exchanges == 1);
    REQUIRE(f.centre.endpoint.unpublish(ParcelKind::addresses, "BE").ok());
    CHECK(f.sync().up_to_date);
    CHECK(f.in_use().size() == 1);
    CHECK(f.files() == 2);  // the list and the form
}

TEST_CASE("who has the version before fetches what is new alone", "[tablet][parcels]") {
    Fetching f;
    const auto before = noise(300'000, 1);
    f.publish("BE", before);
    CHECK(f.sync().up_to_date);
    f.publish("BE", before + "Lark Rise");
    std::size_t bytes = 0;
    f.http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        bytes += reply.body.size();
        return reply;
    };
    CHECK(f.sync().up_to_date);
    CHECK(f.in_use().at("BE") == before + "Lark Rise");
    CHECK(bytes < 5'000);
}

TEST_CASE("a tablet that is two versions behind takes the whole of the newest", "[tablet][parcels]") {
    Fetching f;
    f.publish("BE", noise(100'000, 1));
    CHECK(f.sync().up_to_date);
    f.publish("BE", noise(100'000, 1) + "second");
    f.publish("BE", noise(100'000, 1) + "third");
    CHECK(f.sync().up_to_date);
    CHECK(f.in_use().at("BE") == noise(100'000, 1) + "third");
}

TEST_CASE("cut after each part, the old one stays whole, and nothing is fetched twice", "[tablet][parcels]") {
    Fetching f;
    f.publish("BE", "the old homes");
    CHECK(f.sync().up_to_date);
    const auto content = noise(700'000, 2);
    f.publish("BE", content);
    std::size_t bytes = 0;
    for (int tries = 0; tries < 40 && f.in_use().at("BE") != content; ++tries) {
        // The process ends after one part: what comes next begins with its folder alone.
        int parts = 0;
        f.http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
            const bool part = reply.headers.count("content-type") == 0 ||
                              reply.body.size() > 4'000;  // the only large answers here
            if (part && ++parts > 1)
                return Error{Fault::unreachable, "The connection was cut.", ""};
            bytes += part ? reply.body.size() : 0;
            return reply;
        };
        static_cast<void>(f.sync(1));
        const auto now = f.in_use().at("BE");
        CHECK((now == "the old homes" || now == content));
    }
    CHECK(f.in_use().at("BE") == content);
    CHECK(bytes < content.size() + 10'000);
}

TEST_CASE("a part that a power cut tore costs the parcel once more, and nothing else", "[tablet][parcels]") {
    Fetching f;
    f.publish("BE", "the old homes");
    CHECK(f.sync().up_to_date);
    f.publish("BE", noise(150'000, 2));
    int parts = 0;
    f.http.on_the_way_back = [&](HttpReply reply) -> Result<HttpReply> {
        if (reply.body.size() > 4'000 && ++parts > 1)
            return Error{Fault::unreachable, "The connection was cut.", ""};
        return reply;
    };
    static_cast<void>(f.sync(1));
    f.http.on_the_way_back = {};
    for (const auto& file : std::filesystem::directory_iterator(f.folder / "published"))
        if (file.path().extension() == ".part") {
            std::fstream torn(file.path(), std::ios::binary | std::ios::in | std::ios::out);
            torn.seekp(100);
            torn.write("\0\0\0\0", 4);
        }
    const auto outcome = f.sync();
    INFO(outcome.state.words);
    CHECK(outcome.up_to_date);
    CHECK(f.in_use().at("BE") == noise(150'000, 2));
}

TEST_CASE("what the endpoint did not sign is not taken, nor what is not what it signed",
          "[tablet][parcels]") {
    Fetching f;
    f.publish("BE", "the old homes");
    CHECK(f.sync().up_to_date);
    f.publish("BE", noise(20'000, 2));
    SECTION("a list with a signature of somebody else") {
        f.alter("update parcel set signature = zeroblob(64)");
    }
    SECTION("other content under the same hash") {
        REQUIRE(f.centre.sql
                    ->run("update parcel set whole = :frame, bytes = :bytes, delta_bytes = 0",
                          {{"frame", Blob{wire::compress("forged homes")}},
                           {"bytes", static_cast<std::int64_t>(wire::compress("forged homes").size())}})
                    .ok());
    }
    SECTION("content that is no frame") {
        f.alter("update parcel set whole = zeroblob(500), bytes = 500, delta_bytes = 0");
    }
    SECTION("another name under the same signature") {
        f.alter("update parcel set name = 'SX'");
    }
    const auto outcome = f.sync(3);
    CHECK_FALSE(outcome.up_to_date);
    CHECK(outcome.state.trouble == SyncTrouble::damaged_answer);
    CHECK(outcome.state.words.find("stay as they were") != std::string::npos);
    CHECK(f.in_use() == std::map<std::string, std::string>{{"BE", "the old homes"}});
}

TEST_CASE("a short way that leads elsewhere is left for the whole", "[tablet][parcels]") {
    Fetching f;
    const auto before = noise(50'000, 1);
    f.publish("BE", before);
    CHECK(f.sync().up_to_date);
    f.publish("BE", before + "new");
    const auto other = wire::compress_once(before + "forged", before);
    REQUIRE(f.centre.sql
                ->run("update parcel set delta = :delta, delta_bytes = :bytes",
                      {{"delta", Blob{other}}, {"bytes", static_cast<std::int64_t>(other.size())}})
                .ok());
    CHECK(f.sync().up_to_date);
    CHECK(f.in_use().at("BE") == before + "new");
}

TEST_CASE("files of a list in use that are gone or spoilt are fetched again", "[tablet][parcels]") {
    Fetching f;
    f.publish("BE", noise(9'000, 1));
    CHECK(f.sync().up_to_date);
    const auto file = f.folder / ("published/" + Sha256::of(noise(9'000, 1)).hex());
    std::ofstream(file, std::ios::binary) << "spoilt";
    CHECK(f.in_use().at("BE") == "damaged");
    CHECK(f.sync().up_to_date);
    CHECK(f.in_use().at("BE") == noise(9'000, 1));
}

TEST_CASE("facts go out while reference data cannot come", "[tablet][parcels]") {
    Fetching f;
    f.publish("BE", noise(20'000, 2));
    f.http.on_the_way = [](HttpRequest& request) {
        if (request.path.starts_with("/v1/parcel"))
            request.path = "/v1/nowhere";
    };
    f.tablet.plan_visits(3);
    const auto outcome = f.sync(2);
    CHECK_FALSE(outcome.up_to_date);
    CHECK(f.tablet.store.position()->acked_through == f.tablet.store.position()->last_sequence);
}

namespace {

Vocabulary a_form() {
    Vocabulary form{"doors", "2026-01", "p1", {"English (en)"}, Sha256::of("doors"), {}, {}};
    form.questions = {{"alarms", "alarms", false, {{"none", "No working alarm"}, {"one", "One"}}}};
    return form;
}

// As one finish: a door, and what was answered there.
void finish(SealedTablet& tablet) {
    ContactRecorded met;
    met.contact = Uuid::random(tablet.random);
    met.household = Uuid::random(tablet.random);
    met.outcome = ContactOutcome::completed;
    met.day = Day::of(2026, 9, 21);
    QuestionnaireFinished filled;
    filled.questionnaire = Uuid::random(tablet.random);
    filled.contact = met.contact;
    filled.form = {"doors", "2026-01", a_form().hash};
    filled.complete = true;
    filled.day = met.day;
    filled.answers = {{"alarms", "alarms", "given", "none"}};
    std::vector<Operation> facts(2);
    facts[0].subject = facts[1].subject = met.household;
    facts[0].payload = met;
    facts[1].payload = filled;
    auto transaction = tablet.store->begin();
    REQUIRE(transaction.ok());
    REQUIRE(transaction->append(facts).ok());
    REQUIRE(transaction->commit().ok());
}

}  // namespace

TEST_CASE("what was set aside for want of its form is read by itself once it is there",
          "[tablet][parcels][set-aside]") {
    CentreWithKeys centre;
    auto books = std::make_shared<wire::PhraseBooks>();
    books->add(a_form());
    SealedTablet one(centre, "tab-01", 31);
    SealedTablet two(centre, "tab-02", 32);
    one.enrol();
    two.enrol();
    one.store->write_short(books);
    finish(one);
    one.sync_whole();
    two.sync_whole();
    CHECK(one.store->quarantined()->size() == 1);
    CHECK(count_rows(*centre.sql, "fact_questionnaire") == 0);
    // What is sealed to the endpoint is nothing for another tablet.
    CHECK(two.store->quarantined()->empty());

    CHECK(*centre.endpoint.read_set_aside() == 0);
    centre.endpoint.use_books(books);
    CHECK(*centre.endpoint.read_set_aside() == 2);
    CHECK(*centre.endpoint.read_set_aside() == 0);
    CHECK(count_rows(*centre.sql, "fact_questionnaire") == 1);
    CHECK(centre.endpoint.store().quarantined()->empty());
    const auto folded = centre.endpoint.store().dump_read_model();
    REQUIRE(centre.endpoint.store().rebuild().ok());
    CHECK(*centre.endpoint.store().dump_read_model() == *folded);
    CHECK(centre.endpoint.store().quarantined()->empty());

    one.sync_whole();
    two.sync_whole();
    CHECK(one.store->quarantined()->empty());
    CHECK(*one.store->dump_read_model(true) == *two.store->dump_read_model(true));
    CHECK(*one.store->dump_read_model(true) == *centre.endpoint.store().dump_read_model(true));
    // A tablet that comes later finds the feed without a hole.
    SealedTablet three(centre, "tab-03", 33);
    three.enrol();
    three.sync_whole();
    CHECK(*three.store->dump_read_model(true) == *one.store->dump_read_model(true));
}
