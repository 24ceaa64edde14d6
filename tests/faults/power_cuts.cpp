#include "tests/faults/power_cuts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace doorstep::faults {

namespace {

constexpr std::uint64_t every = 8;  // every eighth survivor is also rebuilt and worked on

class Day {
public:
    explicit Day(const PowerPlan& plan)
        : plan_(plan), chance_(plan.seed), disk_("faulty"), tablet_(plan.seed + 1, plan.sealing) {
        disk_.lies_about_syncs = plan.disk_lies;
        disk_.at_change = [this] {
            if (score_.points + survivors_.size() < plan_.points_max)
                survivors_.push_back(disk_.after_cut(chance_));
        };
    }

    PowerScore work() {
        const auto opened = tablet_.open({disk_.name()});
        if (!opened.ok()) {
            wrong("opening: " + opened.error().text());
            return score_;
        }
        // A store that was never opened shows nothing: as a fresh one does.
        before_ = after_ = tablet_.state();
        judge("opening");
        if (plan_.mistake)
            plan_.mistake(tablet_);
        for (const auto& step : small_day(plan_.seed, plan_.steps)) {
            before_ = after_;
            owed_ = unsent(tablet_);
            tablet_.clock.advance_ms(60'000);
            if (const auto worked = step.work(tablet_); !worked.ok())
                wrong(step.name + ": " + worked.error().text());
            after_ = tablet_.state();
            judge(step.name);
            if (score_.points >= plan_.points_max || (plan_.stops_when_wrong && score_.wrong > 0))
                break;
        }
        disk_.at_change = nullptr;
        return score_;
    }

private:
    void wrong(const std::string& what) {
        if (++score_.wrong == 1)
            score_.first_wrong = fmt::format("seed {}, point {}: {}", plan_.seed, score_.points, what);
    }

    // What was cut within the step: before it or after it, nothing else.
    void judge(const std::string& step) {
        auto survivors = std::move(survivors_);
        survivors_.clear();
        std::set<Files> seen;  // many moments leave the same
        for (auto& files : survivors) {
            ++score_.points;
            if (!seen.insert(files).second)
                continue;
            const auto copied = copied_in(files);
            FaultyDisk disk("survivor", std::move(files));
            Tablet tablet(plan_.seed + 2, plan_.sealing);
            if (const auto opened = tablet.open({disk.name()}); !opened.ok()) {
                wrong(step + " cannot be opened: " + opened.error().text());
                continue;
            }
            const auto state = tablet.state();
            if (!std::includes(copied.begin(), copied.end(), owed_.begin(), owed_.end()) &&
                !missing_were_sent(tablet, copied))
                wrong(step + ": the second copy lacks what was finished and not sent");
            if (state != before_ && state != after_)
                wrong(fmt::format("{} left neither what was before nor what is after it", step));
            else if (score_.points % every == 0)
                go_on(tablet, state, step);
        }
    }

    // The envelopes in the second copy, as the power cut left it.
    static std::set<Uuid> copied_in(const Files& files) {
        const auto name = std::string(day_file) + "-unsent";
        const auto found = files.find(name);
        if (found == files.end())
            return {};
        FaultyDisk disk("copied", {{name, found->second}});
        const auto copy = SecondCopy::open(day_file, {disk.name()});
        std::set<Uuid> ids;
        if (copy.ok())
            for (const auto& one : copy->envelopes())
                ids.insert(one.id);
        return ids;
    }

    static std::set<Uuid> unsent(const Tablet& tablet) {
        std::set<Uuid> ids;
        const auto stands = tablet.store->position();
        constexpr std::size_t all = 100'000'000;
        if (tablet.sealing == Sealing::rows && stands.ok())
            if (const auto found = tablet.store->unsent(stands->acked_through, all, all); found.ok())
                for (const auto& one : *found)
                    ids.insert(one.id);
        return ids;
    }

    // An acknowledgement that was in flight empties the copy.
    bool missing_were_sent(const Tablet& tablet, const std::set<Uuid>& copied) const {
        const auto still = unsent(tablet);
        return std::none_of(owed_.begin(), owed_.end(),
                            [&](const Uuid& id) { return still.contains(id) && !copied.contains(id); });
    }

    void go_on(Tablet& tablet, const std::string& state, const std::string& step) {
        if (!tablet.store->rebuild().ok() || tablet.state() != state)
            return wrong(step + ": the read model was not the fold of the log");
        const auto begun = Drafts(*tablet.store).begin({Uuid::random(chance_), {}, {}, "", 0, 0}, "<x/>");
        if (!begun.ok() || !checkpoint(*tablet.sql).ok())
            wrong(step + ": the survivor cannot be worked on");
    }

    const PowerPlan& plan_;
    SeededRandom chance_;
    FaultyDisk disk_;
    Tablet tablet_;
    std::vector<Files> survivors_;
    std::string before_, after_;
    std::set<Uuid> owed_;  // finished before the step, and not sent
    PowerScore score_;
};

}  // namespace

void PowerScore::add(const PowerScore& other) {
    points += other.points;
    if (wrong == 0)
        first_wrong = other.first_wrong;
    wrong += other.wrong;
}

PowerScore cut_everywhere(const PowerPlan& plan) {
    return Day(plan).work();
}

}  // namespace doorstep::faults
