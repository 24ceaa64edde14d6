// What the endpoint keeps about people is noise to whoever has the database alone.
#include "tests/sync/endpoint/subjects.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

const Day day = Day::of(2013, 6, 8);

std::string as_hex_too(const std::string& text) {
    std::string hex;
    for (const char c : text)
        hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return hex;
}

std::int64_t canaries_in(const std::string& bytes) {
    std::int64_t found = 0;
    const std::string mark = canary;
    for (const auto& form :
         {mark, as_hex_too(mark), std::string("canary000123"), std::string("Quartzmeadow")})
        for (std::size_t at = bytes.find(form); at != std::string::npos; at = bytes.find(form, at + 1))
            ++found;
    return found;
}

}  // namespace

TEST_CASE("a stolen database without the endpoint's keys holds no text of anybody", "[subjects][T9]") {
    CentreOnDisk centre;
    centre.open();
    HandOnDisk tablet(centre);
    const CanaryHome home(centre.random, Uuid::random(centre.random), day, centre.clock.now_ms());
    CHECK(acknowledged(tablet.push(home.facts)).acked_through == 5);
    SECTION("the file and its write-ahead log") {}
    SECTION("what could not be read, and what came twice with other content") {
        auto unknown = home.facts.front();
        auto again = home.facts.at(1);
        std::get<QuestionnaireFinished>(again.payload).answers.front().value += " twice";
        unknown.id = Uuid::random(centre.random);
        unknown.payload =
            UnknownPayload{"dreamed", fmt::format(R"({{"id":"{}","type":"dreamed","note":"{}"}})",
                                                  unknown.id.text(), canary)};
        CHECK(acknowledged(tablet.push({again, unknown})).quarantined.size() == 2);
        CHECK(centre.number("select count(*) from fork") == 1);
    }
    CHECK(canaries_in(bytes_of_folder(centre.folder.path())) == 0);
    // The counts half is there in clear, and the people half is nowhere.
    CHECK(centre.number("select count(*) from fact_questionnaire") == 1);
    CHECK(centre.number("select count(*) from people_contact") == 0);
    // With the keys it is all there, byte for byte.
    for (const auto& fact : home.facts) {
        const auto body = centre.endpoint->store().body(fact.id);
        REQUIRE(body.ok());
        REQUIRE(*body);
        CHECK(wire::decode(**body)->subject == home.home);
        CHECK(SubjectKeys::looks_sealed(**body) == false);
    }
    // The control: the search finds what stands in clear.
    CHECK(canaries_in(wire::encode(home.facts.at(1))) > 0);
}

// Whichever engine this run is for: every value of every row of every table.
std::string every_row(SqlConnection& sql) {
    std::vector<std::string> tables;
    const bool postgresql = sql.engine() == SqlConnection::Engine::postgresql;
    REQUIRE(sql.query(postgresql ? "select table_name from information_schema.tables where table_schema = "
                                   "current_schema() and table_type = 'BASE TABLE'"
                                 : "select name from sqlite_master where type = 'table'",
                      {},
                      [&](const SqlRow& row) {
                          tables.push_back(row.text(0));
                          return true;
                      })
                .ok());
    std::string all;
    for (const auto& table : tables) {
        int columns = 0;
        REQUIRE(sql.query("select count(*) from " +
                              (postgresql
                                   ? "information_schema.columns where table_schema = current_schema() and "
                                     "table_name = :table"
                                   : std::string("pragma_table_info(:table)")),
                          {{"table", table}},
                          [&](const SqlRow& row) {
                              columns = static_cast<int>(row.integer(0));
                              return false;
                          })
                    .ok());
        REQUIRE(sql.query("select * from " + table, {},
                          [&](const SqlRow& row) {
                              for (int i = 0; i < columns; ++i)
                                  all += row.is_null(i) ? std::string{} : row.blob(i) + "\n";
                              return true;
                          })
                    .ok());
    }
    return all;
}

TEST_CASE("no row of a stolen database names anybody, whichever engine keeps it", "[subjects][T9]") {
    Centre centre;
    EndpointKeys made = EndpointKeys::make();
    REQUIRE(centre.endpoint->use_keys(working_copy(made)).ok());
    Hand tablet(centre);
    const CanaryHome home(centre.random, Uuid::random(centre.random), day, centre.clock.now_ms());
    tablet.keep(home.facts);
    CHECK(acknowledged(tablet.push(0, 1)).acked_through == 5);
    const auto rows = every_row(centre.sql);
    CHECK(rows.find("safer_streets_doorstep") != std::string::npos);
    CHECK(canaries_in(rows) == 0);
    const TemporaryFolder folder;
    const ErasureList list(folder / "erasures.list");
    const auto by = centre.endpoint->forgetting(list);
    REQUIRE(by.ok());
    REQUIRE(erase_subject(*by, home.home).ok());
    CHECK(canaries_in(every_row(centre.sql)) == 0);
    const auto log = centre.endpoint->store().log();
    REQUIRE(log.ok());
    CHECK(log->size() == 6);
    for (const auto& fact : *log)
        CHECK(wire::encode(fact).find(canary) == std::string::npos);
}

TEST_CASE("other tablets pull what was sealed, but for what only safeguarding leads open", "[subjects]") {
    CentreOnDisk centre;
    centre.open();
    HandOnDisk tablet(centre);
    HandOnDisk other(centre, "tab-02");
    CanaryHome home(centre.random, Uuid::random(centre.random), day, centre.clock.now_ms());
    auto& finished = std::get<QuestionnaireFinished>(home.facts.at(1).payload);
    finished.restricted = "sealed to somebody";
    finished.answers.push_back({"quote", "quote", "given", R"(she said "restricted":"yes")"});
    home.facts.pop_back();  // how an agency says that it stands: no tablet's to say
    acknowledged(tablet.push(home.facts));
    const auto page = other.pull(0);
    REQUIRE(page.operations.size() == 4);
    CHECK(page.operations.at(1).json.find("\"restricted\":\"\"") != std::string::npos);
    for (std::size_t i = 0; i < page.operations.size(); ++i) {
        const auto pulled = wire::decode(page.operations.at(i).json);
        REQUIRE(pulled.ok());
        auto sent = home.facts.at(i);
        sent.sequence = i + 1;
        if (auto* with = std::get_if<QuestionnaireFinished>(&sent.payload))
            with->restricted.clear();
        CHECK(*pulled == sent);
    }
    CHECK(centre.number("select count(*) from subject_key") == 1);
}

TEST_CASE("a folder from before is sealed when its keys are there, however often that is cut off",
          "[subjects]") {
    CentreOnDisk centre;
    centre.open(false);
    {
        // As endpoints took facts in before they had keys.
        const auto enrolment = Uuid::random(centre.random);
        const auto visit = Uuid::random(centre.random);
        Sequence last = 0;
        Sha256 chain;
        auto transaction = centre.endpoint->store().begin();
        REQUIRE(transaction.ok());
        for (int i = 0; i < 30; ++i) {
            auto facts = CanaryHome(centre.random, visit, day, centre.clock.now_ms()).facts;
            for (auto& fact : facts)
                fact.sequence = ++last;
            const auto envelope = wire::seal_envelope(Uuid::random(centre.random), facts);
            const auto opened = wire::open_envelope(envelope);
            REQUIRE(opened.ok());
            chain = wire::chain(chain, envelope);
            REQUIRE(transaction->append_received(*opened, enrolment).ok());
            REQUIRE(transaction->keep_envelope(enrolment, envelope, chain).ok());
        }
        REQUIRE(transaction->commit().ok());
    }
    REQUIRE(checkpoint(*centre.sql).ok());
    CHECK(canaries_in(bytes_of_file(centre.file())) > 0);
    // Another's key: tablets have been given the public half of ours by now.
    const auto before = centre.endpoint->store().dump_read_model(true);
    centre.open();
    REQUIRE(checkpoint(*centre.sql).ok());
    CHECK(canaries_in(bytes_of_folder(centre.folder.path())) == 0);
    CHECK(*centre.endpoint->store().dump_read_model(true) == *before);
    // Half of it, as a kill leaves it: the rest is sealed by the next start.
    REQUIRE(centre.sql
                ->script("update bodies_sealed set complete = 0, through = (select max(operation_id) from "
                         "(select operation_id from operation_body order by operation_id limit 70))")
                .ok());
    centre.open();
    CHECK(centre.number("select complete from bodies_sealed") == 1);
    CHECK(centre.endpoint->store().rebuild().ok());
    CHECK(*centre.endpoint->store().dump_read_model(true) == *before);
    CHECK(centre.endpoint->store().log()->size() == 150);
}

TEST_CASE("sealed bodies do not open under the keys of another endpoint, and are not taken for facts",
          "[subjects]") {
    CentreOnDisk centre;
    centre.open();
    HandOnDisk tablet(centre);
    const CanaryHome home(centre.random, Uuid::random(centre.random), day, centre.clock.now_ms());
    acknowledged(tablet.push(home.facts));
    const SubjectKeys others(*centre.sql, SubjectSeal(KeyPair::make()));
    std::string kept;
    REQUIRE(centre.sql
                ->query("select body from operation_body", {},
                        [&](const SqlRow& row) {
                            kept = row.blob(0);
                            return false;
                        })
                .ok());
    REQUIRE(SubjectKeys::looks_sealed(kept));
    CHECK(others.open(home.facts.front().id, kept).error().fault == Fault::damaged);
    const auto by = centre.forgetting();
    auto altered = kept;
    altered.back() = static_cast<char>(altered.back() ^ 1);
    CHECK(by.keys.open(home.facts.front().id, altered).error().fault == Fault::damaged);
    CHECK(by.keys.open(Uuid::random(centre.random), kept).error().fault == Fault::damaged);
}
