#include "tests/journeys/season_deal.h"

#include <array>
#include <fmt/format.h>
#include <map>

namespace doorstep::journey {
namespace {

struct Streets {
    std::string_view area;
    std::array<std::string_view, 8> roads;
    std::array<std::string_view, 4> postcodes;  // inward letters that Royal Mail does not use
};
constexpr std::array<Streets, 3> streets{{
    {"BE",
     {"Quillfeather Road", "Marrowby Close", "Tansybrook Avenue", "Larkenshaw Way", "Pebblewick Drive",
      "Studwell Crescent", "Orrinthorpe Lane", "Fennelgate Court"},
     {"WD6 9OV", "WD6 4CK", "WD6 1IM", "WD6 2KO"}},
    {"PB",
     {"Wrenhallow Road", "Cobblemere Close", "Dapplegrove Way", "Hazelmint Avenue", "Oxbarrow Lane",
      "Thistlecombe Drive", "Millerquay Rise", "Brackenpool Gardens"},
     {"EN6 4CK", "EN6 1VO", "EN6 3MI", "EN6 5OC"}},
    {"AB",
     {"Kestrelham Road", "Applewhit Close", "Sorreldene Avenue", "Moorfinch Way", "Silverbray Lane",
      "Plumstone Court", "Harthollow Drive", "Owlspinney Mews"},
     {"WD23 2CV", "WD23 4KI", "WD7 9OM", "WD7 1VC"}},
}};

// Hands out addresses, each of them once.
class Addresses {
public:
    void next(const std::string& area, Random& random, PlannedDoor& door) {
        const Streets* where = &streets.front();
        for (const Streets& each : streets)
            if (each.area == area)
                where = &each;
        const int count = given_[area]++;
        const auto road = static_cast<std::size_t>(count) % where->roads.size();
        const int number = 1 + count / static_cast<int>(where->roads.size());
        door.road_code = fmt::format("{}-{:03}", where->area, road + 1);
        door.address.road = where->roads[road];
        door.address.postcode = where->postcodes[random.below(where->postcodes.size())];
        door.address.number_or_name =
            random.chance(0.1) ? fmt::format("{}A", number) : fmt::format("{}", number);
        if (random.chance(0.15))
            door.address.flat = fmt::format("Flat {}", 1 + random.below(9));
        if (random.chance(0.5))
            door.address.uprn = 990'000'000'000 + uprns_++;  // an invented block
    }

private:
    std::map<std::string, int> given_;
    std::uint64_t uprns_ = 0;
};

// The cards of each home, over the whole season.
std::vector<std::vector<const Card*>> deal_cards(const SeasonPlan& plan, Random& random) {
    std::map<std::string, std::vector<const Card*>> decks;
    for (const Card& card : plan.cards)
        decks[card.about].insert(decks[card.about].end(), static_cast<std::size_t>(card.homes), &card);
    std::vector<std::vector<const Card*>> hands(static_cast<std::size_t>(plan.homes()));
    for (auto& [about, deck] : decks) {
        deck.resize(hands.size(), nullptr);
        shuffle(deck, random);
        for (std::size_t i = 0; i < hands.size(); ++i)
            if (deck[i])
                hands[i].push_back(deck[i]);
    }
    return hands;
}

std::vector<PlannedDoor> doors_of(const PlannedVisit& visit, Random& random) {
    std::vector<PlannedDoor> doors;
    const auto add = [&](DoorKind kind, int count) {
        for (int i = 0; i < count; ++i)
            doors.emplace_back().kind = kind;
    };
    add(DoorKind::home, visit.homes);
    for (int i = 0; i < visit.call_back; ++i)
        doors[static_cast<std::size_t>(i)].called_back = true;
    add(DoorKind::declined, visit.declined);
    add(DoorKind::no_answer, visit.no_answer);
    add(DoorKind::partial, visit.partial);
    add(DoorKind::again, visit.again);
    shuffle(doors, random);
    return doors;
}

}  // namespace

const Card* PlannedDoor::card_for(const std::string& question) const {
    for (const Card* card : cards)
        if (card->answers.contains(question))
            return card;
    return nullptr;
}

bool PlannedDoor::agrees_to(const std::string& agency) const {
    for (const Card* card : cards)
        if (card->about == agency && card->agrees)
            return true;
    return false;
}

std::vector<std::vector<PlannedDoor>> deal(const SeasonPlan& plan, std::uint64_t seed) {
    SeededRandom random(seed);
    const auto hands = deal_cards(plan, random);
    std::size_t home = 0;
    Addresses addresses;
    std::vector<std::vector<PlannedDoor>> rounds;
    for (const PlannedVisit& visit : plan.visits) {
        std::vector<PlannedDoor>& doors = rounds.emplace_back(doors_of(visit, random));
        std::size_t turn = random.below(visit.tablets.size());
        for (PlannedDoor& door : doors) {
            door.tablet = visit.tablets[turn++ % visit.tablets.size()];
            door.seed = random.next();
            addresses.next(visit.area, random, door);
            if (door.kind == DoorKind::home)
                door.cards = hands[home++];
            if (door.kind == DoorKind::no_answer)
                door.tries = 1 + static_cast<int>(random.below(3));
        }
    }
    return rounds;
}

}  // namespace doorstep::journey
