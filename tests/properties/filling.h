// A random form being filled by somebody random.
#pragma once

#include <rapidcheck.h>

#include <memory>
#include <string>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/session/session.h"
#include "tests/properties/holds.h"
#include "tests/properties/random_form.h"

namespace doorstep::test {

// REQUIRES of random_form: it loads.
std::shared_ptr<const FormDefinition> loaded_form(Random& random, const FormWishes& wishes = {});

struct Filling {
    ManualClock clock{1'370'696'700'000, 60};
    SeededRandom random;
    std::shared_ptr<const FormDefinition> form;
    std::unique_ptr<FormSession> session;
    std::vector<JournalEntry> journal;

    Filling(std::shared_ptr<const FormDefinition> of, std::uint64_t seed, const FormWishes& wishes = {});
    // Whether it could be done.
    bool step();
    void steps(int many);
    // The same acts on another copy of the form.
    FormSession again(const std::shared_ptr<const FormDefinition>& on) const;

private:
    bool calculated_too_;
};

// "/data/people[2]/age" -> "/data/people/age"
std::string without_numbers(const std::string& path);

// Loading a form costs as much as filling it in many times.
inline constexpr int fillings_of_one_form = 8;

// For so many sequences, each on a session of its own: property(filling).
template<class Property>
void holds_while_filling(const char* name, const FormWishes& wishes, const Property& property) {
    holds(name, std::max(1, sequences() / fillings_of_one_form), [&](std::uint64_t seed) {
        SeededRandom random(seed);
        const auto form = loaded_form(random, wishes);
        for (int i = 0; i < fillings_of_one_form; ++i) {
            Filling filling(form, random.next(), wishes);
            property(filling);
        }
    });
}

}  // namespace doorstep::test
