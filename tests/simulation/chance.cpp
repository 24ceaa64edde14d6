#include "tests/simulation/chance.h"

#include <array>
#include <utility>

namespace doorstep::simulation {

namespace {

constexpr std::array<std::pair<std::string_view, Fault>, 14> faults = {
    {{"drop", Fault::drop},
     {"duplicate", Fault::duplicate},
     {"delay", Fault::delay},
     {"truncate", Fault::truncate},
     {"portal", Fault::portal},
     {"flip", Fault::flip},
     {"lose-reply", Fault::lose_reply},
     {"replay", Fault::replay},
     {"foreign", Fault::foreign},
     {"tablet-crash", Fault::tablet_crash},
     {"endpoint-crash", Fault::endpoint_crash},
     {"full-disk", Fault::full_disk},
     {"restore", Fault::restore},
     {"skew", Fault::skew}}};

constexpr std::array<std::pair<std::string_view, Mutant>, 5> mutants = {
    {{"ack-before-commit", Mutant::ack_before_commit},
     {"cursor-before-page", Mutant::cursor_before_page},
     {"new-id-on-retry", Mutant::new_id_on_retry},
     {"believe-any-200", Mutant::believe_any_200},
     {"ignore-truncation", Mutant::ignore_truncation}}};

template<class Table>
std::string names(const Table& table) {
    std::string out;
    for (const auto& [name, value] : table)
        out += (out.empty() ? "" : ",") + std::string(name);
    return out;
}

template<class Value, class Table>
std::optional<Value> find(const Table& table, std::string_view wanted) {
    for (const auto& [name, value] : table)
        if (name == wanted)
            return value;
    return std::nullopt;
}

}  // namespace

std::optional<Faults> parse_faults(std::string_view list) {
    Faults found;
    while (!list.empty()) {
        const auto name = list.substr(0, list.find(','));
        list.remove_prefix(std::min(name.size() + 1, list.size()));
        const auto fault = find<Fault>(faults, name);
        if (!fault)
            return std::nullopt;
        found.insert(*fault);
    }
    return found;
}

std::optional<Mutant> parse_mutant(std::string_view name) {
    return find<Mutant>(mutants, name);
}
std::string fault_names() {
    return names(faults);
}
std::string mutant_names() {
    return names(mutants);
}

Faults some_faults(Random& random) {
    Faults found;
    for (const auto& [name, fault] : faults)
        if (random.chance(fault == Fault::restore || fault == Fault::skew ? 0.2 : 0.5))
            found.insert(fault);
    return found;
}

}  // namespace doorstep::simulation
