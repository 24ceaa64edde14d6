#include "tests/simulation/chance.h"

#include <array>
#include <utility>

namespace doorstep::simulation {

namespace {

constexpr std::array<std::pair<std::string_view, Fault>, 25> faults = {
    {{"drop", Fault::drop},
     {"duplicate", Fault::duplicate},
     {"delay", Fault::delay},
     {"truncate", Fault::truncate},
     {"portal", Fault::portal},
     {"flip", Fault::flip},
     {"lose-reply", Fault::lose_reply},
     {"replay", Fault::replay},
     {"echo", Fault::echo},
     {"foreign", Fault::foreign},
     {"stall", Fault::stall},
     {"tablet-crash", Fault::tablet_crash},
     {"endpoint-crash", Fault::endpoint_crash},
     {"full-disk", Fault::full_disk},
     {"bad-disk", Fault::bad_disk},
     {"read-only", Fault::read_only},
     {"restore", Fault::restore},
     {"tablet-image", Fault::tablet_image},
     {"poison", Fault::poison},
     {"stranger", Fault::stranger},
     {"skew", Fault::skew},
     {"agency", Fault::agency},
     {"erase", Fault::erase},
     {"publish", Fault::publish},
     {"weeks", Fault::weeks}}};

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

const std::vector<std::pair<std::string, Mutant>>& all_mutants() {
    static const std::vector<std::pair<std::string, Mutant>> mutants = {
        {"ack-before-commit", Mutant::ack_before_commit},
        {"outbox-after-commit", Mutant::outbox_after_commit},
        {"ack-when-sent", Mutant::ack_when_sent},
        {"believe-any-200", Mutant::believe_any_200},
        {"new-id-on-retry", Mutant::new_id_on_retry},
        {"said-before-kept", Mutant::said_before_kept},
        {"cursor-before-page", Mutant::cursor_before_page},
        {"ignore-truncation", Mutant::ignore_truncation},
        {"fold-after-crash-lost", Mutant::fold_after_crash_lost},
        {"epoch-ignored", Mutant::epoch_ignored},
        {"retry-forgotten", Mutant::retry_forgotten},
        {"synchronous-normal", Mutant::synchronous_normal},
        {"identity-as-cursor", Mutant::identity_as_cursor},
        {"poison-throws", Mutant::poison_throws},
        {"blind-retry", Mutant::blind_retry},
        {"believe-unsigned", Mutant::believe_unsigned},
        {"purge-uncovered", Mutant::purge_uncovered},
        {"restore-same-epoch", Mutant::restore_same_epoch},
        {"send-unverified", Mutant::send_unverified},
        {"erase-leaves-body", Mutant::erase_leaves_body},
        {"erase-not-reapplied", Mutant::erase_not_reapplied},
        {"page-after-erase", Mutant::page_after_erase},
        {"retention-unacknowledged", Mutant::retention_unacknowledged},
        {"last-writer-wins", Mutant::last_writer_wins}};
    return mutants;
}

std::optional<Faults> parse_faults(std::string_view list) {
    Faults found;
    for (const auto& [name, fault] : faults)
        if (list == "all")
            found.insert(fault);
    if (list == "none" || list == "all")
        return found;
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
    return find<Mutant>(all_mutants(), name);
}

std::string fault_names() {
    return names(faults);
}

std::string fault_names(const Faults& some) {
    std::string out;
    for (const auto& [name, fault] : faults)
        if (some.count(fault) != 0)
            out += (out.empty() ? "" : ",") + std::string(name);
    return out.empty() ? "none" : out;
}

std::string mutant_names() {
    return names(all_mutants());
}

Faults some_faults(Random& random) {
    // Days with hardly a fault, and days with nearly all of them.
    const double share = random.unit();
    Faults found;
    for (const auto& [name, fault] : faults) {
        const bool rare = fault == Fault::restore || fault == Fault::tablet_image ||
                          fault == Fault::read_only || fault == Fault::skew || fault == Fault::publish ||
                          fault == Fault::weeks;
        if (random.chance(rare ? share / 3 : share))
            found.insert(fault);
    }
    return found;
}

}  // namespace doorstep::simulation
