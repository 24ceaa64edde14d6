// What one agency may learn of another one's rows: nothing, and not that there are any.
//
// Every table and view of the endpoint is filled with random rows of 25 agencies; then each agency asks
// everything that can be asked, with questions that hold to its scope and with questions that forgot to.
// DOORSTEP_ISOLATION_SETS sets of random data; 1 unless it is set.
#include <cstdlib>
#include <map>
#include <set>

#include "sync/endpoint/row_security.h"
#include "sync/store/scope.h"
#include "sync/store/sqlite_connection.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr int agencies = 25;

struct Column {
    std::string name;
    std::string type;  // integer, bigint, text, blob, as SQLite says it
};
struct Shape {
    std::string name;
    bool is_view = false;
    std::vector<Column> columns{};
    bool has_agency() const {
        int found = 0;
        for (const auto& column : columns)
            found += column.name == "partnership" || column.name == "agency" ? 1 : 0;
        return found == 2;
    }
};

std::string agency_named(std::uint64_t number) {
    return fmt::format("agency_{:02}", number);
}

// Of SQLite whatever the engine of this run is: both have the same tables.
std::vector<Shape> all_shapes() {
    auto sql = std::move(*open_sqlite(":memory:"));
    ManualClock clock(1, 0);
    SeededRandom random(1);
    Directory directory;
    auto endpoint = Endpoint::open(*sql, directory, clock, random);
    REQUIRE(endpoint.ok());
    std::vector<Shape> shapes;
    REQUIRE(sql->query("select m.name, m.type = 'view', p.name, lower(p.type) from sqlite_master m, "
                       "pragma_table_info(m.name) p where m.type in ('table', 'view') order by m.name, p.cid",
                       {},
                       [&](const SqlRow& row) {
                           if (shapes.empty() || shapes.back().name != row.text(0))
                               shapes.push_back({row.text(0), row.integer(1) == 1});
                           shapes.back().columns.push_back({row.text(2), row.text(3)});
                           return true;
                       })
                .ok());
    return shapes;
}

SqlValue random_value(SeededRandom& random, const Column& column) {
    if (column.name == "partnership")
        return home_partnership;
    if (column.name == "agency")
        return agency_named(random.below(agencies));
    if (column.type == "blob")
        return Blob{std::string(Uuid::random(random).raw())};
    if (column.type == "text")
        return fmt::format("w{}", random.below(1'000'000));
    return static_cast<std::int64_t>(random.below(1'000'000));
}

struct Isolated {
    Centre centre;
    SeededRandom random;
    std::vector<Shape> shapes = all_shapes();

    explicit Isolated(std::uint64_t seed) : random(seed) {
        REQUIRE(check_rows_are_secure(centre.sql).ok());
        for (const auto& shape : shapes)
            if (!shape.is_view && shape.has_agency())
                fill(shape, 60);
        // In a table without a column of that name every row is the centre's.
        fill(*std::find_if(shapes.begin(), shapes.end(),
                           [](const Shape& s) { return s.name == "operation_body"; }),
             5);
    }
    void fill(const Shape& shape, int rows) {
        std::string names;
        std::string values;
        for (const auto& column : shape.columns) {
            names += (names.empty() ? "" : ", ") + column.name;
            values += (values.empty() ? ":" : ", :") + column.name;
        }
        const auto sql =
            fmt::format("insert into {}({}) values({}) on conflict do nothing", shape.name, names, values);
        for (int i = 0; i < rows; ++i) {
            std::vector<SqlParameter> parameters;
            for (const auto& column : shape.columns)
                parameters.push_back({column.name, random_value(random, column)});
            const auto put = centre.sql.run(sql, parameters);
            INFO(shape.name << (put.ok() ? std::string() : put.error().text()));
            REQUIRE(put.ok());
        }
    }
    std::map<std::string, std::int64_t> rows_of(const Shape& shape) {
        std::map<std::string, std::int64_t> counts;
        REQUIRE(centre.sql
                    .query("select agency, count(*) from " + shape.name + " group by agency", {},
                           [&](const SqlRow& row) {
                               counts[row.text(0)] = row.integer(1);
                               return true;
                           })
                    .ok());
        return counts;
    }
};

// The first word of each row.
using Ask = std::function<Result<std::vector<std::string>>(const std::string&)>;

Ask through(const AgencyRows& rows) {
    return [&rows](const std::string& question) -> Result<std::vector<std::string>> {
        std::vector<std::string> found;
        TRY_DO(rows.query(question, {}, [&](const SqlRow& row) {
            found.push_back(row.text(0));
            return true;
        }));
        return found;
    };
}
// As it would be without any wall.
Ask without_walls(SqlConnection& sql, const std::string& agency) {
    return [&sql, agency](const std::string& question) -> Result<std::vector<std::string>> {
        std::vector<std::string> found;
        TRY_DO(sql.query(question, {{"partnership", home_partnership}, {"agency", agency}},
                         [&](const SqlRow& row) {
                             found.push_back(row.text(0));
                             return true;
                         }));
        return found;
    };
}

struct Seen {
    std::int64_t questions = 0;
    std::int64_t own = 0;
    std::int64_t foreign = 0;  // rows of others, and signs of them
    std::int64_t failed = 0;
};

constexpr const char* forgot = ":partnership = :partnership and :agency = :agency";

void ask_about(const Shape& shape, const std::string& agency, const Ask& ask, Seen& seen) {
    const auto count = [&](const std::string& question, const std::string& own) {
        ++seen.questions;
        const auto answer = ask(question);
        seen.failed += answer.ok() ? 0 : 1;
        for (std::size_t i = 0; answer.ok() && i < answer->size(); ++i)
            ++((*answer)[i] == own ? seen.own : seen.foreign);
    };
    if (!shape.has_agency()) {
        count(fmt::format("select 'row' from {} where {}", shape.name, forgot), "none");
        return;
    }
    count(fmt::format("select agency from {} where partnership = :partnership and agency = :agency",
                      shape.name),
          agency);
    count(fmt::format("select agency from {} where {}", shape.name, forgot), agency);
    count(fmt::format("select agency from {} where agency <> :agency or partnership <> :partnership",
                      shape.name),
          agency);
    // How many, whether, and the largest: what a page could tell without showing a row.
    count(fmt::format(
              "select 'hint' from (select count(*) as n from {} where agency <> :agency and :partnership = "
              ":partnership) counted where n > 0",
              shape.name),
          "none");
    count(
        fmt::format("select max(agency) from {0} where {1} having max(agency) > :agency", shape.name, forgot),
        "none");
}

Seen everything_of(Isolated& isolated, const std::string& agency, const Ask& ask) {
    Seen seen;
    for (const auto& shape : isolated.shapes)
        ask_about(shape, agency, ask, seen);
    return seen;
}

AgencyRows rows_of(SqlConnection& sql, const std::string& agency) {
    auto rows = AgencyRows::of(sql, {home_partnership, agency, ScopeRole::agency});
    INFO((rows.ok() ? std::string() : rows.error().text()));
    REQUIRE(rows.ok());
    return std::move(*rows);
}

// What a change that forgot its scope does to others' rows; each is taken back.
void change(Isolated& isolated, const Shape& shape, const std::string& agency) {
    auto& sql = isolated.centre.sql;
    const auto before = isolated.rows_of(shape);
    const auto own = before.count(agency) == 0 ? 0 : before.at(agency);
    REQUIRE(sql.begin().ok());
    {
        const auto rows = rows_of(sql, agency);
        for (const auto& statement :
             {fmt::format("update {} set agency = :agency where {}", shape.name, forgot),
              fmt::format("delete from {} where {}", shape.name, forgot)}) {
            INFO(statement);
            REQUIRE(sql.savepoint().ok());
            const auto changed = rows.run(statement, {});
            CHECK((!changed.ok() || *changed == own));
            sql.rollback_to_savepoint();
        }
        // Another's row, as it would be put in by mistake.
        std::string names;
        std::string values;
        std::vector<SqlParameter> parameters;
        for (const auto& column : shape.columns) {
            names += (names.empty() ? "" : ", ") + column.name;
            values += (values.empty() ? "" : ", ") +
                      (column.name == "agency" ? std::string("'another' || :agency") : ":" + column.name);
        }
        REQUIRE(sql.savepoint().ok());
        std::vector<SqlParameter> all;
        for (const auto& column : shape.columns)
            all.push_back({column.name, column.name == "agency" ? SqlValue{agency}
                                                                : random_value(isolated.random, column)});
        CHECK_FALSE(
            sql.run(fmt::format("insert into {}({}) values({})", shape.name, names, values), all).ok());
        sql.rollback_to_savepoint();
    }
    REQUIRE(sql.commit().ok());
    CHECK(isolated.rows_of(shape) == before);
}

std::uint64_t sets() {
    const char* wanted = std::getenv("DOORSTEP_ISOLATION_SETS");
    return wanted ? std::strtoull(wanted, nullptr, 10) : 1;
}

}  // namespace

TEST_CASE("no agency sees a row of another one, nor that there is one, whatever it asks", "[isolation]") {
    Seen all;
    for (std::uint64_t seed = 1; seed <= sets(); ++seed) {
        Isolated isolated(seed);
        std::int64_t own = 0;
        for (const auto& shape : isolated.shapes)
            if (shape.has_agency())
                for (const auto& [agency, count] : isolated.rows_of(shape))
                    own += agency.starts_with("agency_") ? count : 0;
        Seen of_this_set;
        for (std::uint64_t number = 0; number < agencies; ++number) {
            const auto agency = agency_named(number);
            const auto rows = rows_of(isolated.centre.sql, agency);
            const auto seen = everything_of(isolated, agency, through(rows));
            of_this_set.questions += seen.questions;
            of_this_set.own += seen.own;
            of_this_set.foreign += seen.foreign;
            of_this_set.failed += seen.failed;
        }
        CHECK(of_this_set.foreign == 0);
        CHECK(of_this_set.failed == 0);
        CHECK(of_this_set.own == 2 * own);  // each of its own, by the two questions that show them
        all.questions += of_this_set.questions;
    }
    CHECK(all.questions > 1'000);
}

TEST_CASE("the isolation test sees what leaks where a wall is taken away", "[isolation]") {
    Isolated isolated(7);
    const auto agency = agency_named(3);
    CHECK(everything_of(isolated, agency, without_walls(isolated.centre.sql, agency)).foreign > 100);
    if (on_postgresql())
        REQUIRE(isolated.centre.sql.script("alter table outbox disable row level security").ok());
    else
        REQUIRE(isolated.centre.sql.script("create temp view outbox_seen as select * from main.outbox").ok());
    const auto rows = rows_of(isolated.centre.sql, agency);
    Seen seen;
    for (auto shape : isolated.shapes)
        if (shape.name == "outbox") {
            shape.name = on_postgresql() ? "outbox" : "outbox_seen";
            ask_about(shape, agency, through(rows), seen);
        }
    CHECK(seen.foreign > 20);
}

TEST_CASE("no agency changes, removes or makes a row of another one", "[isolation]") {
    Isolated isolated(11);
    for (const auto& shape : isolated.shapes)
        if (!shape.is_view && shape.has_agency())
            for (const std::uint64_t number : {0U, 13U, 24U})
                change(isolated, shape, agency_named(number));
}

TEST_CASE("a question of an agency needs a scope and says whose rows it wants", "[isolation]") {
    Isolated isolated(5);
    auto& sql = isolated.centre.sql;
    for (const auto role : {ScopeRole::officer, ScopeRole::team_lead, ScopeRole::safeguarding_lead,
                            ScopeRole::administrator, ScopeRole::report_author}) {
        const auto refused = AgencyRows::of(sql, {home_partnership, agency_named(1), role});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().fault == Fault::refused);
    }
    CHECK_FALSE(AgencyRows::of(sql, {home_partnership, "", ScopeRole::agency}).ok());
    const auto nothing = [](const SqlRow&) { return false; };
    {
        const auto rows = rows_of(sql, agency_named(1));
        CHECK_FALSE(rows.query("select 1 from outbox", {}, nothing).ok());
        CHECK_FALSE(rows.query("select 1 from outbox where agency = :agency", {}, nothing).ok());
        CHECK_FALSE(rows.query("select 1 from outbox where partnership = :partnership and agency = :agency",
                               {{"agency", agency_named(2)}}, nothing)
                        .ok());
    }
    // Afterwards the connection is the centre's again.
    CHECK(isolated.rows_of({"outbox"}).size() > 10);
    for (const std::string& odd : {std::string("o'brien"), std::string("x'; drop table outbox; --")}) {
        const auto rows = rows_of(sql, odd);
        CHECK(everything_of(isolated, odd, through(rows)).foreign == 0);
    }
    CHECK(isolated.rows_of({"outbox"}).size() > 10);
}
