// The index beside its oracle: the same homes in the same order for whatever is typed.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "forms/base/random.h"
#include "sync/search/word_dictionary.h"
#include "tests/sync/search/made_up_borough.h"
#include "tests/sync/search/search_oracle.h"

using namespace doorstep;

namespace {

// A night's worth by the environment, as other properties of the house.
int times(int usual) {
    const char* more = std::getenv("DOORSTEP_SEARCH_QUESTIONS");
    return more ? std::atoi(more) : usual;
}

// Short words of few letters, so that many are near to one another.
std::string word(Random& random) {
    static constexpr std::string_view letters = "aabbclmé";
    std::string text;
    const std::size_t length = 1 + random.below(11);
    for (std::size_t i = 0; i < length; ++i) {
        const auto at = random.below(7);
        text += at == 6 ? std::string("é") : std::string(1, letters[at]);
        if (i > 0 && i + 1 < length && random.below(15) == 0)
            text += random.below(2) == 0 ? "-" : "'";
    }
    return text;
}

std::string number(Random& random) {
    std::string text = std::to_string(random.below(30) + 1);
    if (random.below(4) == 0)
        text += static_cast<char>('A' + random.below(3));
    return text;
}

std::string postcode(Random& random) {
    std::string text = random.below(2) == 0 ? "AB1" : "B2";
    text += random.below(3) == 0 ? "" : " ";
    text += std::to_string(random.below(3)) + static_cast<char>('A' + random.below(3));
    return text + static_cast<char>('A' + random.below(3));
}

SearchOracle::Home home(Random& random) {
    SearchOracle::Home home;
    if (random.below(2) == 0)
        home.names = word(random) + " " + word(random);
    if (random.below(4) == 0)
        home.flat = "Flat " + number(random);
    if (random.below(6) == 0)
        home.building = word(random) + " House";
    home.house = random.below(5) == 0 ? word(random) : number(random);
    home.road = word(random) + (random.below(2) == 0 ? " Road" : " Lane");
    home.locality = random.below(3) == 0 ? word(random) : "";
    home.town = random.below(2) == 0 ? "Abba" : "Cabal Town";
    home.postcode = random.below(8) == 0 ? "" : postcode(random);
    if (random.below(3) == 0)
        home.uprn = random.below(2) == 0 ? 100'000 + random.below(50) : 100'000'000'000 + random.below(50);
    return home;
}

void slip(std::string& text, Random& random) {
    if (text.size() < 2)
        return;
    const std::size_t at = random.below(text.size() - 1);
    switch (random.below(4)) {
    case 0:
        text.erase(at, 1);
        break;
    case 1:
        text.insert(at, 1, static_cast<char>('a' + random.below(4)));
        break;
    case 2:
        text[at] = static_cast<char>('a' + random.below(4));
        break;
    default:
        std::swap(text[at], text[at + 1]);
    }
}

// Parts of a home as somebody types them, or something else.
std::string question(const SearchOracle::Home& of, Random& random) {
    const std::string* fields[] = {&of.names, &of.flat,     &of.house,   &of.road,
                                   &of.town,  &of.postcode, &of.locality};
    std::string typed;
    const std::size_t count = 1 + random.below(4);
    for (std::size_t i = 0; i < count; ++i) {
        std::string part = random.below(8) == 0 ? word(random) : *fields[random.below(std::size(fields))];
        if (random.below(12) == 0)
            part = std::to_string(of.uprn);
        if (random.below(2) == 0)
            part = part.substr(0, 1 + random.below(part.size() + 1));
        for (std::size_t slips = random.below(3); slips > 0; --slips)
            slip(part, random);
        typed += (i == 0 ? "" : " ") + part;
    }
    return typed;
}

}  // namespace

TEST_CASE("the index finds what reading every home finds, in the same order", "[search][property]") {
    const int questions = times(900);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        SeededRandom random(seed);
        SearchOracle oracle;
        HouseholdSearch search;
        for (int i = 0; i < 150; ++i) {
            oracle.add(home(random));
            search.put(Uuid::random(random), oracle.homes().back().text());
        }
        std::size_t found = 0;
        for (int i = 0; i < questions / 3; ++i) {
            const auto typed = question(oracle.homes()[random.below(oracle.homes().size())], random);
            INFO("seed " << seed << ", typed \"" << typed << "\"");
            const auto wanted = oracle.find(typed);
            const auto got = search.find(typed, 1'000);
            REQUIRE(got.matches == wanted.size());
            REQUIRE(got.first.size() == wanted.size());
            for (std::size_t at = 0; at < wanted.size(); ++at)
                REQUIRE((SearchOracle::Found{got.first[at].row, got.first[at].edits}) == wanted[at]);
            found += wanted.size();
        }
        CHECK(found > 1'000);  // the questions ask for something
    }
}

TEST_CASE("the table of slips says the distance, whatever words it saw before", "[search][property]") {
    SeededRandom random(5);
    const auto any_word = [&] {
        std::string text;
        for (std::size_t length = 1 + random.below(12); length > 0; --length)
            text += static_cast<char>('a' + random.below(3));
        return text;
    };
    for (int i = 0; i < 500; ++i) {
        const std::string typed = any_word();
        const int most = 1 + static_cast<int>(random.below(2));
        const bool nearly = random.below(2) == 0;
        SlipTable table(typed, most, nearly);
        for (int words = 0; words < 20; ++words) {
            const std::string word = any_word();
            int wanted = edits_between(typed, word);
            for (std::size_t length = 0; nearly && length <= word.size(); ++length)
                wanted = std::min(wanted, edits_between(typed, word.substr(0, length)));
            const int got = table.edits(word);
            INFO(typed << " / " << word << " most " << most << " nearly " << nearly);
            REQUIRE(std::min(got, most + 1) == std::min(wanted, most + 1));
            if (table.dead_end() > 0)
                for (std::size_t length = 0; length <= 3; ++length) {
                    const std::string other = word.substr(0, table.dead_end()) + any_word().substr(0, length);
                    REQUIRE(edits_between(typed, other) > most);
                }
        }
    }
}
