#include "tests/sync/vault/tablet.h"

using namespace doorstep;
using namespace doorstep::testing;

namespace {

constexpr std::int64_t day_ms = 24 * 3600 * 1000;

bool officer_is_let_in(const Tablet& tablet) {
    auto vault = *tablet.open();
    const auto unlocked = vault.unlock(tablet.officer, officer_words);
    if (!unlocked.ok()) {
        CHECK(unlocked.error().fault == Fault::refused);
        const bool says_why = unlocked.error().what.find("35 days") != std::string::npos ||
                              unlocked.error().what.find("clock") != std::string::npos;
        CHECK(says_why);
    }
    return unlocked.ok();
}

}  // namespace

TEST_CASE("after 35 days officers are refused, and a lead renews the licence", "[vault]") {
    Tablet tablet;
    tablet.clock.advance_ms(35 * day_ms - 1);
    CHECK(officer_is_let_in(tablet));
    tablet.clock.advance_ms(1);
    CHECK_FALSE(officer_is_let_in(tablet));

    auto vault = tablet.by_lead();
    CHECK_FALSE(vault.licence().valid);
    CHECK(vault.row_keys().error().fault == Fault::refused);  // to renew, not to read
    REQUIRE(vault.renew_licence().ok());
    CHECK(vault.licence().valid);
    CHECK(vault.licence().until_ms == tablet.clock.now_ms() + 35 * day_ms);
    CHECK(vault.row_keys().ok());
    CHECK(officer_is_let_in(tablet));
}

TEST_CASE("setting the clock back renews nothing", "[vault]") {
    Tablet tablet;
    const auto start = tablet.clock.now_ms();
    tablet.clock.advance_ms(30 * day_ms);
    CHECK(officer_is_let_in(tablet));
    tablet.clock.set_ms(start);
    CHECK(officer_is_let_in(tablet));
    tablet.clock.set_ms(start + 36 * day_ms);
    {
        auto vault = tablet.by_lead();  // time is seen, and nothing renewed
        CHECK_FALSE(vault.licence().valid);
    }
    for (const auto days : {0, 1, 34}) {
        tablet.clock.set_ms(start + days * day_ms);
        CHECK_FALSE(officer_is_let_in(tablet));
    }
    tablet.clock.set_ms(start - 3000 * day_ms);
    CHECK_FALSE(officer_is_let_in(tablet));
}

TEST_CASE("time is seen while a vault stays open too", "[vault]") {
    Tablet tablet;
    const auto start = tablet.clock.now_ms();
    auto vault = tablet.by_officer();
    tablet.clock.advance_ms(36 * day_ms);
    REQUIRE(vault.note_time().ok());
    CHECK_FALSE(vault.licence().valid);
    CHECK(vault.row_keys().ok());  // never in the way of the questionnaire in hand
    tablet.clock.set_ms(start);
    CHECK_FALSE(officer_is_let_in(tablet));
}

TEST_CASE("a clock that once ran years ahead closes nothing for years, nor opens it", "[vault]") {
    Tablet tablet;
    const auto start = tablet.clock.now_ms();
    tablet.clock.advance_ms(5000 * day_ms);
    SECTION("seen by an officer, renewed by a lead once it is right") {
        CHECK_FALSE(officer_is_let_in(tablet));
        static_cast<void>(tablet.by_lead());
        tablet.clock.set_ms(start);
        CHECK_FALSE(officer_is_let_in(tablet));
        REQUIRE(tablet.by_lead().renew_licence().ok());
    }
    SECTION("renewed by a lead while it was wrong, then told by the endpoint") {
        REQUIRE(tablet.by_lead().renew_licence().ok());
        tablet.clock.set_ms(start);
        auto vault = *tablet.open();
        REQUIRE(
            vault.accept_licence(sign_licence(tablet.endpoint, vault.id(), start, start + 35 * day_ms)).ok());
    }
    CHECK(officer_is_let_in(tablet));
    tablet.clock.advance_ms(36 * day_ms);
    CHECK_FALSE(officer_is_let_in(tablet));
}

TEST_CASE("a locked tablet takes a licence from its endpoint and from nobody else", "[vault]") {
    Tablet tablet;
    tablet.clock.advance_ms(40 * day_ms);
    CHECK_FALSE(officer_is_let_in(tablet));
    const auto now = tablet.clock.now_ms();
    auto vault = *tablet.open();
    const auto refused = [&](const SignedLicence& licence) {
        return vault.accept_licence(licence).error().fault == Fault::refused;
    };
    CHECK(refused(sign_licence(SigningPair::make(), vault.id(), now, now + day_ms)));
    CHECK(refused(sign_licence(tablet.endpoint, Uuid{}, now, now + day_ms)));
    CHECK(refused(sign_licence(tablet.endpoint, vault.id(), now, now + 36 * day_ms)));
    auto stretched = sign_licence(tablet.endpoint, vault.id(), now, now + 20 * day_ms);
    stretched.until_ms += day_ms;
    CHECK(refused(stretched));
    CHECK(refused({now, now + day_ms, {}}));
    CHECK_FALSE(officer_is_let_in(tablet));

    const auto licence = sign_licence(tablet.endpoint, vault.id(), now, now + 35 * day_ms);
    REQUIRE(vault.accept_licence(licence).ok());
    CHECK(officer_is_let_in(tablet));
    CHECK(refused(licence));
    CHECK(refused(sign_licence(tablet.endpoint, vault.id(), now - 1, now + 35 * day_ms - 1)));
}

TEST_CASE("a time seen that was set back by hand is no licence", "[vault]") {
    Tablet tablet;
    const auto start = tablet.clock.now_ms();
    tablet.clock.advance_ms(36 * day_ms);
    static_cast<void>(tablet.by_lead());
    auto content = *decode_vault(read_bytes(tablet.place().file), tablet.device());
    content.seen.at_ms = start;
    write_bytes(tablet.place().file, encode_vault(content, tablet.device()));
    tablet.clock.set_ms(start);
    CHECK_FALSE(officer_is_let_in(tablet));
    REQUIRE(tablet.by_lead().renew_licence().ok());
    CHECK(officer_is_let_in(tablet));
}

TEST_CASE("a licence renewed while the clock was ahead does not run for years once it is right", "[vault]") {
    Tablet tablet;
    const auto start = tablet.clock.now_ms();
    tablet.clock.advance_ms(1500 * day_ms);
    REQUIRE(tablet.by_lead().renew_licence().ok());
    CHECK(officer_is_let_in(tablet));
    for (const auto days : {0, 34, 36, 1000, 1498}) {
        tablet.clock.set_ms(start + days * day_ms);
        CHECK_FALSE(officer_is_let_in(tablet));
    }
    tablet.clock.set_ms(start);
    auto vault = *tablet.open();
    const auto said = vault.unlock(tablet.officer, officer_words);
    CHECK(said.error().what.find("clock") != std::string::npos);
    // Not for good: at the right time a lead renews, for 35 days of that clock.
    REQUIRE(tablet.by_lead().renew_licence().ok());
    CHECK(officer_is_let_in(tablet));
    tablet.clock.set_ms(start + 34 * day_ms);
    CHECK(officer_is_let_in(tablet));
    tablet.clock.set_ms(start + 35 * day_ms);
    CHECK_FALSE(officer_is_let_in(tablet));
}

TEST_CASE("a jump back of the clock does not make a licence run for years", "[vault]") {
    Tablet tablet;
    const auto start = tablet.clock.now_ms();
    tablet.clock.advance_ms(5 * day_ms);
    CHECK(officer_is_let_in(tablet));
    tablet.clock.set_ms(start - 3000 * day_ms);
    CHECK_FALSE(officer_is_let_in(tablet));
    // Hours back are what two clocks differ by.
    tablet.clock.set_ms(start - day_ms / 2);
    CHECK(officer_is_let_in(tablet));
    tablet.clock.set_ms(start + 6 * day_ms);
    CHECK(officer_is_let_in(tablet));
}

TEST_CASE("a clock that jumped ahead and was set right closes no lead out, and a sync opens for all",
          "[vault]") {
    Tablet tablet;
    const auto start = tablet.clock.now_ms();
    tablet.clock.advance_ms(1500 * day_ms);
    CHECK_FALSE(officer_is_let_in(tablet));
    static_cast<void>(tablet.by_lead());  // seen, and nothing renewed
    tablet.clock.set_ms(start + day_ms);
    static_cast<void>(tablet.by_lead());
    auto vault = *tablet.open();
    REQUIRE(
        vault.accept_licence(sign_licence(tablet.endpoint, vault.id(), start + day_ms, start + 36 * day_ms))
            .ok());
    CHECK(officer_is_let_in(tablet));
}

TEST_CASE("a licence of an endpoint whose clock ran ahead is not taken, and keeps none out for good",
          "[vault]") {
    Tablet tablet;
    const auto start = tablet.clock.now_ms();
    const auto by_endpoint = [&](Vault& vault, std::int64_t at_ms) {
        return vault.accept_licence(sign_licence(tablet.endpoint, vault.id(), at_ms, at_ms + 35 * day_ms));
    };
    auto vault = *tablet.open();
    CHECK(by_endpoint(vault, start + 400 * day_ms).error().fault == Fault::refused);
    REQUIRE(by_endpoint(vault, start).ok());
    // Both clocks ran ahead, and both were set right.
    tablet.clock.advance_ms(400 * day_ms);
    REQUIRE(by_endpoint(vault, tablet.clock.now_ms()).ok());
    tablet.clock.set_ms(start + day_ms);
    CHECK_FALSE(officer_is_let_in(tablet));
    CHECK_FALSE(by_endpoint(vault, start + day_ms).ok());
    REQUIRE(tablet.by_lead().renew_licence().ok());
    tablet.clock.advance_ms(20 * day_ms);
    vault = *tablet.open();
    REQUIRE(by_endpoint(vault, tablet.clock.now_ms()).ok());
    tablet.clock.advance_ms(34 * day_ms);
    CHECK(officer_is_let_in(tablet));
}

TEST_CASE("a tablet that syncs all day writes few licences, and none keeps it from renewing in time",
          "[vault]") {
    Tablet tablet;
    auto vault = *tablet.open();
    int written = 0;
    for (int hour = 0; hour < 48; ++hour) {
        const auto before = read_bytes(tablet.place().file);
        const auto now = tablet.clock.now_ms();
        REQUIRE(vault.accept_licence(sign_licence(tablet.endpoint, vault.id(), now, now + 35 * day_ms)).ok());
        written += read_bytes(tablet.place().file) == before ? 0 : 1;
        tablet.clock.advance_ms(day_ms / 24);
    }
    CHECK(written == 8);
    tablet.clock.advance_ms(34 * day_ms);
    CHECK(officer_is_let_in(tablet));
}
