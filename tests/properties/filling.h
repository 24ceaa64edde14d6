// A random form being filled by somebody random.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "tests/properties/holds.h"
#include "tests/properties/random_act.h"

namespace doorstep::test {

// Each step is the seed of an act, so that a sequence that fails is shortened to the steps
// without which it would not.
struct Sequence {
    std::uint64_t begun = 0;
    std::vector<std::uint64_t> steps;
};
std::ostream& operator<<(std::ostream& out, const Sequence& one);

// A form, and the same from its cache.
struct TwiceLoaded {
    std::shared_ptr<const FormDefinition> form, cached;
};
// REQUIRES of random_form: it loads.
TwiceLoaded twice_loaded(Random& random, const FormWishes& wishes = {});

struct Filling {
    ManualClock clock{1'370'696'700'000, 60};
    SeededRandom random;
    TwiceLoaded loaded;
    std::unique_ptr<FormSession> session;
    std::vector<JournalEntry> journal;

    Filling(TwiceLoaded of, Sequence sequence, const FormWishes& wishes = {});
    // False when no step is left.
    bool step();
    void all_steps();
    // Nothing where it was refused or the questionnaire was closed and opened.
    const std::optional<ChangeList>& changes() const { return changes_; }
    // The same acts on this or the other copy of the form.
    FormSession again(const std::shared_ptr<const FormDefinition>& on);

private:
    Sequence sequence_;
    bool calculated_too_;
    std::size_t next_ = 0;
    std::optional<ChangeList> changes_;
};

rc::Gen<std::vector<Sequence>> any_sequences();

// For so many sequences, each on a session of its own: property(filling).
template<class Property>
void holds_while_filling(const char* name, const FormWishes& wishes, const Property& property) {
    holds(name, [&] {
        SeededRandom random(*any_seed());
        const TwiceLoaded loaded = twice_loaded(random, wishes);
        for (const Sequence& one : *any_sequences()) {
            RC_LOG() << "a session begins\n";
            Filling filling(loaded, one, wishes);
            property(filling);
        }
    });
}

}  // namespace doorstep::test
