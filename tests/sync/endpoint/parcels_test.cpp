// Reference data at the endpoint: what is published, and what a tablet is given of it.
#include "sync/endpoint/parcels.h"

#include "sync/wire/codec.h"
#include "sync/wire/limits.h"
#include "tests/sync/endpoint/centre.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

using wire::ParcelKind;

std::string content_of(std::size_t lines, std::uint64_t seed) {
    SeededRandom random(seed);
    std::string text;
    for (std::size_t i = 0; i < lines; ++i)
        text += fmt::format("{} Mill Lane {:x}\n", i, random.below(1'000'000));
    return text;
}

wire::Parcel publish(Centre& centre, ParcelKind kind, const std::string& name, const std::string& content) {
    const auto published = centre.endpoint->publish({{kind, name, content, {}, {}}});
    if (!published.ok())
        FAIL(published.error().text());
    return published->front().parcel;
}

wire::ParcelList list_for(const Hand& tablet) {
    const auto reply = tablet.centre.handle(tablet.request("GET", "/v1/parcels"));
    REQUIRE(reply.status == 200);
    const auto list = wire::decode_parcel_list(reply.body);
    REQUIRE(list.ok());
    return *list;
}

std::string part_of(const Sha256& version, std::size_t from, std::size_t limit,
                    const Sha256* base = nullptr) {
    return fmt::format("/v1/parcel?version={}{}&from={}&limit={}", version.hex(),
                       base ? "&base=" + base->hex() : std::string{}, from, limit);
}

std::string fetched(const Hand& tablet, const wire::Parcel& parcel, std::size_t step) {
    std::string frame;
    while (frame.size() < parcel.bytes) {
        const auto reply =
            tablet.centre.handle(tablet.request("GET", part_of(parcel.version, frame.size(), step)));
        REQUIRE(reply.status == 200);
        REQUIRE(!reply.body.empty());
        REQUIRE(reply.body.size() <= step);
        frame += reply.body;
    }
    return frame;
}

std::optional<Sha256> told_list(const Hand& tablet) {
    const auto reply = tablet.centre.handle(tablet.request("GET", "/v1/tablet"));
    REQUIRE(reply.status == 200);
    return wire::decode_tablet_reply(reply.body)->parcels;
}

}  // namespace

TEST_CASE("what is published is signed, listed and given out in parts of any length", "[endpoint][parcels]") {
    Centre centre;
    const Hand tablet(centre);
    CHECK_FALSE(told_list(tablet));
    CHECK(list_for(tablet).parcels.empty());
    const auto content = content_of(3'000, 1);
    const auto parcel = publish(centre, ParcelKind::addresses, "BE", content);
    const auto list = list_for(tablet);
    REQUIRE(list.parcels.size() == 1);
    CHECK(list.parcels.front() == parcel);
    CHECK(told_list(tablet) == wire::list_hash(list));
    CHECK(verify(centre.endpoint->keys()->signing.public_key, wire::parcel_purpose, wire::parcel_text(parcel),
                 parcel.signature));
    for (const std::size_t step : {std::size_t{1'000}, limits::part_bytes_max}) {
        const auto frame = fetched(tablet, parcel, step);
        CHECK(frame.size() == parcel.bytes);
        CHECK(*wire::expand(frame, limits::parcel_content_max) == content);
    }
}

TEST_CASE("a new version has a short way from the one before, which is given out no more",
          "[endpoint][parcels]") {
    Centre centre;
    const Hand tablet(centre);
    const auto before = content_of(3'000, 1);
    auto now = before;
    now.replace(now.size() / 2, 10, "Lark Rise ");
    const auto first = publish(centre, ParcelKind::addresses, "BE", before);
    const auto second = publish(centre, ParcelKind::addresses, "BE", now);
    REQUIRE(second.delta);
    CHECK(second.delta->base == first.version);
    CHECK(second.delta->bytes * 10 < second.bytes);
    CHECK(second.number > first.number);
    const auto delta = centre.handle(
        tablet.request("GET", part_of(second.version, 0, limits::part_bytes_max, &first.version)));
    REQUIRE(delta.status == 200);
    CHECK(*wire::expand_beside(delta.body, before, limits::parcel_content_max) == now);
    const auto gone = centre.handle(tablet.request("GET", part_of(first.version, 0, 1'000)));
    CHECK(gone.status == 404);
    CHECK(code_of(gone) == "gone");
    CHECK(centre.handle(tablet.request("GET", part_of(second.version, 0, 1'000, &second.version))).status ==
          404);
    // The same again is no publication.
    const auto told = told_list(tablet);
    CHECK(publish(centre, ParcelKind::addresses, "BE", now) == second);
    CHECK(told_list(tablet) == told);
}

TEST_CASE("a form is never changed under its version", "[endpoint][parcels]") {
    Centre centre;
    publish(centre, ParcelKind::form, "safer_streets/1", "one");
    const auto other = centre.endpoint->publish({{ParcelKind::form, "safer_streets/1", "two", {}, {}}});
    REQUIRE_FALSE(other.ok());
    CHECK(other.error().fault == Fault::conflict);
    publish(centre, ParcelKind::form, "safer_streets/2", "two");
    CHECK(published_parcels(centre.sql)->size() == 2);
    // Its first day may be set anew.
    const auto later =
        centre.endpoint->publish({{ParcelKind::form, "safer_streets/1", "one", Day::of(2026, 12, 1), {}}});
    REQUIRE(later.ok());
    CHECK(later->front().changed);
}

TEST_CASE("of several parcels all are published or none, and each stands in the audit",
          "[endpoint][parcels]") {
    Centre centre;
    const auto refused = centre.endpoint->publish(
        {{ParcelKind::addresses, "BE", "homes", {}, {}}, {ParcelKind::addresses, "a b", "homes", {}, {}}});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fault == Fault::bad_input);
    CHECK(published_parcels(centre.sql)->empty());
    CHECK_FALSE(centre.endpoint->publish({{ParcelKind::addresses, "BE", "", {}, {}}}).ok());
    const auto noted = [&] {
        int count = 0;
        REQUIRE(read_audit(centre.sql, 1, [&](const NotedEntry& one) {
                    count += one.entry.what == "publish" ? 1 : 0;
                    return true;
                }).ok());
        return count;
    };
    CHECK(noted() == 0);
    REQUIRE(centre.endpoint
                ->publish({{ParcelKind::addresses, "BE", "homes", {}, {}},
                           {ParcelKind::addresses, "SX", "others", {}, {}}})
                .ok());
    CHECK(noted() == 2);
}

TEST_CASE("a tablet that was given areas is told of no other ones, and cannot fetch them",
          "[endpoint][parcels]") {
    Centre centre;
    const Hand one(centre, "tab-01");
    const Hand two(centre, "tab-02");
    publish(centre, ParcelKind::form, "safer_streets/1", "form");
    const auto be = publish(centre, ParcelKind::addresses, "BE", content_of(50, 1));
    const auto sx = publish(centre, ParcelKind::addresses, "SX", content_of(50, 2));
    CHECK(told_list(one) == told_list(two));
    REQUIRE(centre.endpoint->give_addresses("tab-01", {"BE"}).ok());
    CHECK(list_for(one).parcels.size() == 2);
    CHECK(list_for(two).parcels.size() == 3);
    CHECK(told_list(one) != told_list(two));
    CHECK(centre.handle(one.request("GET", part_of(be.version, 0, 100))).status == 200);
    CHECK(centre.handle(one.request("GET", part_of(sx.version, 0, 100))).status == 404);
    CHECK(centre.handle(two.request("GET", part_of(sx.version, 0, 100))).status == 200);
    CHECK(centre.endpoint->give_addresses("tab-01", {"XX"}).error().fault == Fault::not_found);
    CHECK(centre.endpoint->give_addresses("tab-09", {"BE"}).error().fault == Fault::not_found);
    REQUIRE(centre.endpoint->give_addresses("tab-01", {}).ok());
    CHECK(told_list(one) == told_list(two));
    REQUIRE(centre.endpoint->unpublish(ParcelKind::addresses, "SX").ok());
    CHECK(list_for(one).parcels.size() == 2);
    CHECK(centre.endpoint->unpublish(ParcelKind::addresses, "SX").error().fault == Fault::not_found);
}

TEST_CASE("parts are refused to whoever asks wrongly, and to strangers", "[endpoint][parcels]") {
    Centre centre;
    const Hand tablet(centre);
    const auto parcel = publish(centre, ParcelKind::addresses, "BE", content_of(50, 1));
    const auto hash = parcel.version.hex();
    for (const std::string& target : std::vector<std::string>{
             "/v1/parcel", "/v1/parcel?version=" + hash, "/v1/parcel?version=abc&from=0&limit=10",
             "/v1/parcel?version=" + hash + "&from=-1&limit=10",
             "/v1/parcel?version=" + hash + "&from=0&limit=0",
             "/v1/parcel?version=" + hash + "&from=99999999999999999999&limit=10",
             "/v1/parcel?version=" + hash + "&base=xyz&from=0&limit=10"})
        CHECK(centre.handle(tablet.request("GET", target)).status == 400);
    // Behind its end there is nothing.
    CHECK(centre.handle(tablet.request("GET", part_of(parcel.version, parcel.bytes, 10))).status == 404);
    CHECK(centre.handle(tablet.request("GET", part_of(Sha256::of("other"), 0, 10))).status == 404);
    CHECK(centre.handle({"GET", "/v1/parcels", {}, "", "", ""}).status == 401);
    CHECK(centre.handle({"GET", part_of(parcel.version, 0, 10), {}, "", "", ""}).status == 401);
    CHECK(centre.handle(tablet.request("POST", "/v1/parcels")).status == 405);
}
