#include "sync/search/home_address.h"

#include <algorithm>
#include <fmt/format.h>

#include "forms/base/sha256.h"
#include "sync/search/folding.h"

namespace doorstep {

namespace {

bool is_capital(char each) {
    return each >= 'A' && each <= 'Z';
}
bool is_digit(char each) {
    return each >= '0' && each <= '9';
}
char small(char each) {
    return is_capital(each) ? static_cast<char>(each - 'A' + 'a') : each;
}
char capital(char each) {
    return each >= 'a' && each <= 'z' ? static_cast<char>(each - 'a' + 'A') : each;
}

// "14A" and "BE1" keep their letters; "O'BRIEN" has two capitals, "JOHN'S" one.
std::string word_in_title_case(std::string_view word) {
    std::string text(word);
    if (std::any_of(text.begin(), text.end(), is_digit))
        return text;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const bool begins = text[i - 1] == '-' || text[i - 1] == '(' || text[i - 1] == '/' ||
                            (text[i - 1] == '\'' && i + 1 < text.size());
        if (!begins)
            text[i] = small(text[i]);
    }
    return text;
}

void append(std::string& line, std::string_view between, std::string_view part) {
    if (part.empty())
        return;
    if (!line.empty())
        line += between;
    line += part;
}

Uuid household_of(std::string_view text) {
    Uuid id = *Uuid::from_bytes(Sha256::of(text).raw().substr(0, 16));
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x40);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
    return id;
}

// A digit as 9, a letter as A.
std::string shape_of(std::string_view text) {
    std::string shape;
    for (const char each : text)
        shape += is_digit(each) ? '9' : is_capital(each) ? 'A' : '?';
    return shape;
}

}  // namespace

std::string AddressableObject::number() const {
    if (start_number.empty())
        return {};
    std::string all = start_number + start_suffix;
    if (!end_number.empty())
        all += "-" + end_number + end_suffix;
    std::transform(all.begin(), all.end(), all.begin(), capital);
    return all;
}

std::string in_title_case(std::string_view text) {
    // Letters beyond ASCII are left alone, and the text with them.
    const bool as_written = std::any_of(text.begin(), text.end(), [](char each) {
        return (each >= 'a' && each <= 'z') || static_cast<unsigned char>(each) >= 0x80;
    });
    if (as_written)
        return std::string(text);
    std::string title;
    each_word_of(text, " ", [&](std::string_view word) { append(title, " ", word_in_title_case(word)); });
    return title;
}

void name_home(const AddressableObject& secondary, const AddressableObject& primary, HomeAddress& home) {
    const std::string flat_number = secondary.number();
    const std::string flat_text = in_title_case(secondary.text);
    const bool nameless = flat_text.empty() ? !flat_number.empty() : is_digit(flat_text.front());
    home.flat = nameless ? "Flat" : "";
    append(home.flat, " ", flat_text);
    append(home.flat, " ", flat_number);
    home.house = primary.number();
    home.building = in_title_case(primary.text);
    if (home.house.empty())
        home.house.swap(home.building);
}

std::optional<std::string> postcode_form(std::string_view text) {
    std::string plain;
    for (const char each : text)
        if (each != ' ')
            plain += capital(each);
    if (plain == "GIR0AA")
        return "GIR 0AA";
    constexpr std::size_t inward = 3;
    if (plain.size() < inward + 2 || plain.size() > inward + 4)
        return std::nullopt;
    const std::string shape = shape_of(plain);
    const std::string outward = shape.substr(0, shape.size() - inward);
    constexpr std::string_view outward_forms[] = {"A9", "A99", "AA9", "AA99", "A9A", "AA9A"};
    if (shape.substr(shape.size() - inward) != "9AA" ||
        std::find(std::begin(outward_forms), std::end(outward_forms), outward) == std::end(outward_forms))
        return std::nullopt;
    return plain.substr(0, plain.size() - inward) + " " + plain.substr(plain.size() - inward);
}

std::string one_line(const HomeAddress& home) {
    // A number stands before its road, a name in front of both.
    std::string line = home.flat;
    append(line, ", ", home.building);
    append(line, ", ", home.house);
    const bool numbered = !home.house.empty() && is_digit(home.house.front());
    append(line, numbered ? " " : ", ", home.road);
    append(line, ", ", home.locality);
    append(line, ", ", home.town);
    append(line, ", ", home.postcode);
    return line;
}

DoorAddress door_address(const HomeAddress& home) {
    DoorAddress address;
    address.number_or_name = home.building;
    append(address.number_or_name, ", ", home.house);
    address.flat = home.flat;
    address.road = home.road;
    address.postcode = home.postcode;
    if (home.uprn != 0)
        address.uprn = home.uprn;
    return address;
}

HouseholdText search_text(const HomeAddress& home) {
    HouseholdText text;
    text.flat = home.flat;
    text.building = home.building;
    text.house = home.house;
    text.road = home.road;
    text.locality = home.locality;
    text.town = home.town;
    text.postcode = home.postcode;
    if (home.uprn != 0)
        text.uprn = home.uprn;
    return text;
}

HouseholdText search_text(const DoorAddress& address) {
    HouseholdText text;
    text.flat = address.flat;
    text.house = address.number_or_name;
    text.road = address.road;
    text.postcode = address.postcode;
    text.uprn = address.uprn;
    return text;
}

Uuid household_of_uprn(std::uint64_t uprn) {
    return household_of(fmt::format("doorstep household\nuprn {}", uprn));
}

Uuid household_at(const DoorAddress& address) {
    if (address.uprn)
        return household_of_uprn(*address.uprn);
    std::string text = "doorstep household\n";
    for (const std::string& part : {address.number_or_name, address.flat, address.road, address.postcode})
        text += folded(part) + "\n";
    return household_of(text);
}

}  // namespace doorstep
