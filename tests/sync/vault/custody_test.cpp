#include "sync/vault/custody_sheet.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cctype>
#include <set>

#include "sync/vault/endpoint_keys.h"

using namespace doorstep;

namespace {

constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string error_of(CustodyKey kind, std::string_view line) {
    const auto read = from_custody_line(kind, line);
    if (read.ok())
        return "accepted";
    CHECK(read.error().fault == Fault::bad_input);
    CHECK_FALSE(read.error().mend.empty());
    return read.error().what;
}

}  // namespace

TEST_CASE("a line of the custody sheet is read back as the key it was made of", "[vault]") {
    for (int i = 0; i < 200; ++i) {
        const auto pair = KeyPair::make();
        const auto kind = i % 2 == 0 ? CustodyKey::recovery : CustodyKey::safeguarding;
        const auto line = custody_line(kind, pair);
        REQUIRE(line.view().size() == 14 * 5 - 1);
        const auto read = from_custody_line(kind, line.view());
        REQUIRE(read.ok());
        REQUIRE(read->public_key == pair.public_key);
        REQUIRE(read->secret_key.view() == pair.secret_key.view());
    }
}

TEST_CASE("a line is read whatever a hand makes of capitals, spaces, O and L", "[vault]") {
    const auto pair = KeyPair::make();
    const std::string line(custody_line(CustodyKey::recovery, pair).view());
    std::string typed = "  ";
    for (const char c : line) {
        if (c == ' ')
            typed += typed.size() % 2 == 0 ? "-" : "";
        else if (c == '0')
            typed += typed.size() % 2 == 0 ? 'o' : 'O';
        else if (c == '1')
            typed += typed.size() % 2 == 0 ? 'l' : 'I';
        else
            typed += static_cast<char>(std::tolower(c));
        if (typed.size() == 30)
            typed += '\n';
    }
    CHECK(from_custody_line(CustodyKey::recovery, typed)->public_key == pair.public_key);
}

TEST_CASE("every single mistyped character is found, and its group named", "[vault]") {
    const auto pair = KeyPair::make();
    const std::string line(custody_line(CustodyKey::safeguarding, pair).view());
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == ' ')
            continue;
        for (const char other : letters) {
            if (other == line[at])
                continue;
            auto typed = line;
            typed[at] = other;
            REQUIRE(error_of(CustodyKey::safeguarding, typed) ==
                    fmt::format("Group {} is mistyped.", at / 5 + 1));
        }
        auto typed = line;
        typed[at] = 'U';
        REQUIRE(error_of(CustodyKey::safeguarding, typed) ==
                fmt::format("Group {} holds a character that no such line has.", at / 5 + 1));
        typed.erase(at, 1);
        REQUIRE(error_of(CustodyKey::safeguarding, typed).find("55 characters") != std::string::npos);
    }
}

TEST_CASE("two characters changed for one another are never taken", "[vault]") {
    const auto pair = KeyPair::make();
    std::string line(custody_line(CustodyKey::recovery, pair).view());
    std::erase(line, ' ');
    for (std::size_t i = 0; i < line.size(); ++i)
        for (std::size_t j = i + 1; j < line.size(); ++j) {
            if (line[i] == line[j])
                continue;
            auto typed = line;
            std::swap(typed[i], typed[j]);
            REQUIRE(error_of(CustodyKey::recovery, typed) != "accepted");
        }
}

TEST_CASE("a line of the other key is told as that", "[vault]") {
    const auto pair = KeyPair::make();
    CHECK(error_of(CustodyKey::safeguarding, custody_line(CustodyKey::recovery, pair).view()) ==
          "This is the line of another key.");
    CHECK(error_of(CustodyKey::recovery, "").find("0 characters") != std::string::npos);
    CHECK(error_of(CustodyKey::recovery, std::string(500, 'A')).find("500 characters") != std::string::npos);
}

TEST_CASE("the custody sheet holds both lines and says how to keep them", "[vault]") {
    const auto keys = EndpointKeys::make();
    const auto sheet = custody_sheet(keys, "Safer Streets Testborough", "4 May 2026");
    const std::string text(sheet.view());
    for (const char* expected : {"Safer Streets Testborough, 4 May 2026", "RECOVERY KEY", "SAFEGUARDING KEY",
                                 "sealed envelope", "Nobody can make it again"})
        CHECK(text.find(expected) != std::string::npos);
    CHECK(text.find(custody_line(CustodyKey::recovery, keys.recovery).view()) != std::string::npos);
    CHECK(text.find(custody_line(CustodyKey::safeguarding, keys.safeguarding).view()) != std::string::npos);
    std::size_t longest = 0;
    for (std::size_t from = 0; from < text.size(); from = text.find('\n', from) + 1)
        longest = std::max(longest, text.find('\n', from) - from);
    CHECK(longest <= 92);
}

TEST_CASE("a line is found in the sheet as it was printed, and alone", "[vault]") {
    const auto keys = EndpointKeys::make();
    const auto sheet = custody_sheet(keys, "Safer Streets Testborough", "4 May 2026");
    std::string text(sheet.view());
    CHECK(from_custody_sheet(CustodyKey::recovery, text)->public_key == keys.recovery.public_key);
    CHECK(from_custody_sheet(CustodyKey::safeguarding, text)->public_key == keys.safeguarding.public_key);
    const auto line = custody_line(CustodyKey::recovery, keys.recovery);
    CHECK(from_custody_sheet(CustodyKey::recovery, line.view())->public_key == keys.recovery.public_key);
    CHECK_FALSE(from_custody_sheet(CustodyKey::safeguarding, line.view()).ok());
    auto& letter = text[text.find(line.view()) + 5];
    letter = letter == '7' ? '8' : '7';
    CHECK(from_custody_sheet(CustodyKey::recovery, text).error().what == "Group 2 is mistyped.");
    CHECK(from_custody_sheet(CustodyKey::recovery, "").error().fault == Fault::bad_input);
}

TEST_CASE("the endpoint's working keys open under its device secret, or by the recovery key", "[vault]") {
    const auto keys = EndpointKeys::make();
    const DeviceSecret device(SecretBytes::random());
    const auto kept = keep_working_keys(keys, device);
    const auto same = [&](const Result<WorkingKeys>& read) {
        return read.ok() && read->sealing.public_key == keys.sealing.public_key &&
               read->signing.public_key == keys.signing.public_key &&
               read->safeguarding == keys.safeguarding.public_key &&
               read->recovery == keys.recovery.public_key;
    };
    CHECK(same(read_working_keys(kept, device)));
    CHECK(same(recover_working_keys(kept, keys.recovery)));
    CHECK(recover_working_keys(kept, KeyPair::make()).error().fault == Fault::refused);
    // Kept again, under another device secret.
    const DeviceSecret fresh(SecretBytes::random());
    const auto again = keep_working_keys(*recover_working_keys(kept, keys.recovery), fresh);
    CHECK(same(read_working_keys(again, fresh)));
    CHECK(same(recover_working_keys(again, keys.recovery)));
    CHECK_FALSE(read_working_keys(kept, DeviceSecret(SecretBytes::random())).ok());
    CHECK_FALSE(recover_working_keys(kept, KeyPair::make()).ok());
    for (std::size_t at = 0; at < kept.size(); ++at) {
        auto altered = kept;
        altered[at] = static_cast<char>(altered[at] ^ 4);
        // A byte of one half is told by that half.
        REQUIRE((!read_working_keys(altered, device).ok() ||
                 !recover_working_keys(altered, keys.recovery).ok() ||
                 same(recover_working_keys(altered, keys.recovery))));
        REQUIRE_FALSE(read_working_keys(std::string_view(kept).substr(0, at), device).ok());
    }
}

TEST_CASE("the safeguarding secret opens under each lead's own passphrase", "[vault]") {
    constexpr PasswordCost quick{1, 8};
    const auto pair = KeyPair::make();
    const DeviceSecret device(SecretBytes::random());
    const Uuid ann{{1}};
    const Uuid ben{{2}};
    CHECK(wrap_safeguarding(pair, ann, "short", quick, device).error().fault == Fault::bad_input);
    auto of_ann = *wrap_safeguarding(pair, ann, "copper lantern moss", quick, device, quick);
    const auto of_ben = *wrap_safeguarding(pair, ben, "willow anvil comet", quick, device, quick);
    const auto opens = [&](const SafeguardingSlot& slot, std::string_view words) {
        const auto opened = open_safeguarding(slot, pair.public_key, words, device, quick);
        return opened.ok() && opened->secret_key.view() == pair.secret_key.view();
    };
    CHECK(opens(of_ann, "copper lantern moss"));
    CHECK(opens(of_ben, "willow anvil comet"));
    CHECK_FALSE(opens(of_ann, "willow anvil comet"));
    CHECK_FALSE(
        open_safeguarding(of_ann, KeyPair::make().public_key, "copper lantern moss", device, quick).ok());
    of_ann.lead = ben;
    CHECK_FALSE(opens(of_ann, "copper lantern moss"));
}
