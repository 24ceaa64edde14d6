// Every route of the endpoint, asked by everybody in every way: nobody learns of a row that is not his, nor
// whether there is one.
//
// DOORSTEP_ROUTE_SETS sets of random data; 2 unless it is set.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>

#include "sync/agencies/inbox.h"
#include "sync/endpoint/caller_role.h"
#include "sync/endpoint/tablet_standing.h"
#include "sync/store/rescue.h"
#include "sync/store/sql_values.h"
#include "sync/wire/limits.h"
#include "sync/wire/order.h"
#include "tests/support/rescue_by_hand.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

// Stands in every column of another partnership that takes text or bytes: 16 of them, like an id.
constexpr std::string_view foreign = "FOREIGNPARTNERS!";
constexpr std::int64_t other_partnership = 2;

// In whatever form a reply could carry it.
std::vector<std::string> forms_of(std::string_view text) {
    std::vector<std::string> forms{std::string(text), to_hex(text), Uuid::from_bytes(text)->text()};
    for (std::size_t shift = 0; shift < 3; ++shift)
        forms.push_back(to_base64(std::string(shift, '.') + std::string(text)).substr(4, 12));
    return forms;
}

std::string opened(const EndpointResponse& response) {
    auto all = response.body + "\n" + response.order + "\n" + response.allow + "\n";
    if (response.content_type == wire::content_type_frame)
        if (const auto text = wire::expand(response.body, limits::frame_bytes_max); text.ok())
            all += *text;
    if (const auto page = wire::decode_pull_reply(response.body); page.ok())
        for (const auto& one : page->operations)
            all += one.json;
    return all;
}

bool tells(const EndpointResponse& response, std::string_view what) {
    const auto text = opened(response);
    for (const auto& form : forms_of(what))
        if (text.find(form) != std::string::npos)
            return true;
    return false;
}

// What a caller sees; the signature answers one request alone.
std::string seen(const EndpointResponse& response) {
    return fmt::format("{}|{}|{}|{}|{}|{}", response.status, response.content_type, response.retry_after_s,
                       response.allow, response.order, response.body);
}

// Rows of another partnership in every table, with keys that this one has too where they could meet.
void fill_foreign(Centre& centre, const std::vector<std::string>& tables) {
    for (const auto& table : tables) {
        std::string names;
        std::string values;
        std::deque<std::string> columns;  // parameters only point to them
        std::vector<SqlParameter> parameters;
        REQUIRE(centre.sql
                    .query(centre.sql.engine() == SqlConnection::Engine::postgresql
                               ? "select column_name, data_type from information_schema.columns where "
                                 "table_schema = current_schema() and table_name = '" +
                                     table + "'"
                               : "select name, lower(type) from pragma_table_info('" + table + "')",
                           {},
                           [&](const SqlRow& row) {
                               const auto& name = columns.emplace_back(row.text(0));
                               const auto type = row.text(1);
                               names += (names.empty() ? "" : ", ") + name;
                               values += (values.empty() ? ":" : ", :") + name;
                               SqlValue value = std::int64_t{1};
                               if (name == "partnership")
                                   value = other_partnership;
                               else if (type == "text")
                                   value = std::string(foreign);
                               else if (type == "blob" || type == "bytea")
                                   value = Blob{std::string(foreign)};
                               parameters.push_back({name, value});
                               return true;
                           })
                    .ok());
        if (names.find("partnership") == std::string::npos)
            continue;
        const auto put =
            centre.sql.run(fmt::format("insert into {}({}) values({})", table, names, values), parameters);
        INFO(table << (put.ok() ? std::string() : put.error().text()));
        REQUIRE(put.ok());
    }
}

std::vector<std::string> tables_of(SqlConnection& sql) {
    std::vector<std::string> names;
    REQUIRE(
        sql.query(sql.engine() == SqlConnection::Engine::postgresql
                      ? "select table_name from information_schema.tables where table_schema = "
                        "current_schema() and table_type = 'BASE TABLE' order by 1"
                      : "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' "
                        "order by 1",
                  {},
                  [&](const SqlRow& row) {
                      names.push_back(row.text(0));
                      return true;
                  })
            .ok());
    return names;
}

// Everybody who can ask over the network, or tries to.
enum class Asks { active, ordered, revoked, wiped, other_key, unknown, as_a_role, half_a_mark, nobody };
constexpr Asks everybody[] = {Asks::active,  Asks::ordered,   Asks::revoked,     Asks::wiped, Asks::other_key,
                              Asks::unknown, Asks::as_a_role, Asks::half_a_mark, Asks::nobody};
constexpr std::string_view roles[] = {"agency",        "fire",    "lead", "safeguarding_lead",
                                      "administrator", "operator"};

struct World {
    Centre centre;
    SeededRandom random;
    Hand active{centre, "tab-01"};
    Hand other{centre, "tab-02"};
    Hand ordered{centre, "tab-03"};
    Hand revoked{centre, "tab-04"};
    Hand wiped{centre, "tab-05"};
    Uuid theirs;  // a referral of `other`

    explicit World(std::uint64_t seed) : random(seed), theirs(Uuid::random(random)) {
        REQUIRE(order_tablet(*centre.endpoint, "tab-03", wire::OrderMode::retire).ok());
        REQUIRE(revoke_tablet(*centre.endpoint, "tab-04").ok());
        REQUIRE(order_tablet(*centre.endpoint, "tab-05", wire::OrderMode::wipe).ok());
        for (auto* one : {&active, &other, &ordered, &revoked, &wiped})
            for (std::uint64_t i = 0, count = 1 + random.below(4); i < count; ++i)
                one->keep({visit(random), referral(random, Uuid::random(random), "fire")});
        other.keep({referral(random, theirs, "police")});
        acknowledged(other.push(0, other.envelopes.size()));
        fill_foreign(centre, tables_of(centre.sql));
    }

    const Hand& signer(Asks who) const {
        return who == Asks::ordered   ? ordered
               : who == Asks::revoked ? revoked
               : who == Asks::wiped   ? wiped
                                      : active;
    }
    EndpointRequest as(Asks who, EndpointRequest request) {
        const Hand& hand = signer(who);
        if (who == Asks::nobody)
            return request;
        request = hand.signed_again(std::move(request));
        if (who == Asks::other_key)
            request.mark.signature = other.signed_again(request).mark.signature;
        if (who == Asks::unknown)
            request.mark.enrolment = Uuid::random(random).text();
        if (who == Asks::as_a_role)
            (random.below(2) == 0 ? request.mark.sign_in : request.mark.enrolment) =
                roles[random.below(std::size(roles))];
        if (who == Asks::half_a_mark)
            (random.below(2) == 0 ? request.mark.number : request.mark.signature).clear();
        return request;
    }

    std::string rescue_frame(const Hand& of, const Hand& key) {
        auto enrolment = of.enrolment;
        enrolment.seed = key.enrolment.seed;
        return rescue_by_hand(enrolment, of.frame(0, of.envelopes.size()));
    }

    // Anything that could be asked of a route, right, wrong, and about others.
    EndpointRequest any_request(const RouteRole& route) {
        EndpointRequest request{route.method, route.path, {}, "", "", ""};
        const Uuid ids[] = {*centre.endpoint->store().epoch(),
                            *Uuid::from_bytes(foreign),
                            other.enrolment.enrolment,
                            theirs,
                            Uuid::random(random),
                            active.enrolment.enrolment};
        const auto any = [&] { return ids[random.below(std::size(ids))].text(); };
        const std::string names[] = {"epoch", "cursor",      "limit",  "vault",
                                     "scope", "partnership", "agency", "enrolment"};
        if (route.method == "GET") {
            std::string query;
            if (random.below(2) == 0)
                query = "&epoch=" + ids[0].text() + "&cursor=0";
            for (std::uint64_t i = random.below(4); i > 0; --i)
                query += "&" + names[random.below(std::size(names))] + "=" +
                         (random.below(2) == 0 ? any() : std::to_string(random.below(5)));
            if (!query.empty())
                request.target += "?" + query.substr(1);
            return request;
        }
        request.content_type = wire::content_type_frame;
        request.body = any_body();
        return request;
    }
    std::string any_body() {
        const Hand* hands[] = {&active, &other, &ordered, &revoked, &wiped};
        const Hand& of = *hands[random.below(5)];
        auto push = of.frame(0, 1 + random.below(of.envelopes.size()));
        switch (random.below(6)) {
        case 0:
            return wire::encode(push);
        case 1:
            push.enrolment = *Uuid::from_bytes(foreign);
            return wire::encode(push);
        case 2:
            push.epoch_seen = *Uuid::from_bytes(foreign);
            return wire::encode(push);
        case 3:
            return rescue_frame(of, of);
        case 4:
            return rescue_frame(of, *hands[random.below(5)]);
        default: {
            std::string bytes(random.below(200), 'x');
            for (auto& byte : bytes)
                byte = static_cast<char>(random.below(256));
            return bytes;
        }
        }
    }
    // What an answer could have changed.
    std::string standing(bool with_numbers = true) {
        const auto facts = centre.text("select cast(count(*) as text) from operation") + " " +
                           centre.text("select cast(coalesce(sum(acked_seq), 0) as text) from tablet");
        return with_numbers
                   ? facts + " " +
                         centre.text("select cast(coalesce(sum(request_number), 0) as text) from tablet")
                   : facts;
    }
};

std::uint64_t sets_of_routes() {
    const char* wanted = std::getenv("DOORSTEP_ROUTE_SETS");
    return wanted ? std::strtoull(wanted, nullptr, 10) : 2;
}

// How often what was answered.
using Tally = std::map<int, int>;

void ask_everything(World& world, const RouteRole& route, Asks who, Tally& tally) {
    for (int i = 0; i < 12; ++i) {
        const auto request = world.any_request(route);
        const auto before = world.standing();
        const auto response = world.centre.handle(world.as(who, request));
        INFO(route.method << " " << request.target << " by " << static_cast<int>(who) << ": "
                          << response.status << " " << response.body.substr(0, 120));
        ++tally[response.status];
        CHECK_FALSE(tells(response, foreign));
        if (route.who == CallerRole::anyone) {
            CHECK(seen(response) == seen(world.centre.handle(request)));
            CHECK(world.standing() == before);
            continue;
        }
        REQUIRE(route.who == CallerRole::tablet);
        if (who == Asks::active || who == Asks::ordered) {
            CHECK(response.order.empty() == (who == Asks::active));
            continue;
        }
        // A signature that is good uses its number up, whatever became of its enrolment.
        const bool ended = who == Asks::revoked || who == Asks::wiped;
        CHECK(world.standing(!ended) == before.substr(0, world.standing(!ended).size()));
        CHECK(response.status == (ended ? 403 : 401));
        // Whatever was asked for.
        const auto empty = world.centre.handle(
            world.as(ended ? who : Asks::nobody, {route.method, route.path, {}, "", "", ""}));
        CHECK(seen(response) == seen(empty));
    }
}

void are_told_the_same(const std::vector<EndpointResponse>& responses) {
    for (const auto& one : responses) {
        CHECK(seen(one) == seen(responses.front()));
        CHECK(one.signature.size() == responses.front().signature.size());
    }
}

}  // namespace

TEST_CASE("no route tells anybody a foreign row, nor that there is one, whoever asks",
          "[isolation][routes]") {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= sets_of_routes(); ++seed) {
        World world(seed);
        for (const auto& route : route_roles())
            for (const auto who : everybody)
                ask_everything(world, route, who, tally);
    }
    for (const int status : {200, 400, 401, 403, 409})
        CHECK(tally[status] > 0);
}

TEST_CASE("the search for foreign rows finds what a reply would tell of one", "[isolation][routes]") {
    World world(3);
    auto fact = visit(world.random);
    std::get<VisitPlanned>(fact.payload).area = std::string(foreign);
    world.other.keep({fact});
    const auto last = world.other.envelopes.size();
    acknowledged(world.other.push(last - 1, last));
    CHECK(tells(world.active.pull(0), foreign));
    CHECK_FALSE(tells(world.other.pull(0), foreign));
    for (const auto& form : forms_of(foreign))
        CHECK(tells({200, "", "so " + form + " it is", 0, {}}, foreign));
    CHECK(tells({200, "", to_base64("two " + std::string(foreign) + " more"), 0, {}}, foreign));
}

TEST_CASE("what is not there and what is not yours are told in the same bytes", "[isolation][routes]") {
    World world(5);
    auto& centre = world.centre;
    const auto nobody = Uuid::random(world.random);
    const auto elsewhere = *Uuid::from_bytes(foreign);
    const auto frame = world.active.frame(0, 1);
    std::vector<EndpointResponse> by_signature;
    std::vector<EndpointResponse> by_push;
    std::vector<EndpointResponse> by_rescue;
    std::vector<EndpointResponse> by_epoch;
    std::vector<EndpointResponse> by_path;
    for (const auto& id :
         {nobody, elsewhere, world.other.enrolment.enrolment, world.revoked.enrolment.enrolment}) {
        auto request = world.active.request("GET", "/v1/tablet");
        request.mark.enrolment = id.text();
        by_signature.push_back(centre.handle(request));
        auto push = frame;
        push.enrolment = id;
        by_push.push_back(centre.handle(world.active.push_of(push)));
        auto forged = world.active.enrolment;
        forged.enrolment = id;
        by_rescue.push_back(
            centre.handle(world.active.request("POST", "/v1/rescue", rescue_by_hand(forged, frame))));
        by_path.push_back(centre.handle(world.active.request("GET", "/v1/tablet/" + id.text())));
        by_epoch.push_back(
            centre.handle(world.active.request("GET", "/v1/pull?cursor=0&epoch=" + id.text())));
    }
    CHECK(by_signature.front().status == 401);
    CHECK(by_push.front().status == 400);
    CHECK(by_rescue.front().status == 400);
    CHECK(by_path.front().status == 404);
    CHECK(by_epoch.front().status == 409);
    for (const auto* told : {&by_signature, &by_push, &by_rescue, &by_path, &by_epoch})
        are_told_the_same(*told);
    // Its own, and another's that it carries as it came, are taken.
    CHECK(
        centre
            .handle(world.active.request("POST", "/v1/rescue", world.rescue_frame(world.other, world.other)))
            .status == 200);
}

TEST_CASE("an agency's inbox holds its own referrals, and another's are not there", "[isolation][routes]") {
    World world(7);
    auto& centre = world.centre;
    std::map<std::string, std::vector<Uuid>> put;
    for (int i = 0; i < 300; ++i) {
        const auto agency = fmt::format("agency_{:02}", world.random.below(25));
        const auto referral_id = Uuid::random(world.random);
        put[agency].push_back(referral_id);
        for (const std::int64_t partnership : {home_partnership, other_partnership})
            REQUIRE(centre.sql
                        .run("insert into agency_inbox(partnership, agency, referral, put_ms) "
                             "values(:partnership, :agency, :referral, 1)",
                             {{"partnership", partnership},
                              {"agency", partnership == home_partnership ? agency : std::string("agency_00")},
                              {"referral", sql_value(referral_id)}})
                        .ok());
    }
    const auto nobody = Uuid::random(world.random);
    for (int number = 0; number < 25; ++number) {
        const auto agency = fmt::format("agency_{:02}", number);
        AgencyInbox inbox(centre.endpoint->store(), centre.directory, agency);
        const auto entries = inbox.entries();
        REQUIRE(entries.ok());
        CHECK(entries->size() == put[agency].size());
        for (const auto& entry : *entries)
            CHECK(std::find(put[agency].begin(), put[agency].end(), entry.referral) != put[agency].end());
        const auto none = inbox.open(nobody, "Watch Manager 12");
        const auto foreign_one =
            inbox.open(put[fmt::format("agency_{:02}", (number + 1) % 25)].front(), "Watch Manager 12");
        REQUIRE_FALSE(none.ok());
        REQUIRE_FALSE(foreign_one.ok());
        CHECK(none.error().text() == foreign_one.error().text());
        CHECK(none.error().fault == foreign_one.error().fault);
    }
    CHECK(
        centre.text("select cast(count(*) as text) from agency_inbox where opened_ms <> 0 and put_ms = 1 and "
                    "opened_by is not null and partnership = 1") == "0");
    // An agency without a name is nobody.
    AgencyInbox unnamed(centre.endpoint->store(), centre.directory, "");
    CHECK_FALSE(unnamed.entries().ok());
}
