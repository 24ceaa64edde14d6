// What filling a form costs: loading, answering, repeats, the submission.
#pragma once

#include <memory>
#include <string>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/session/session.h"
#include "tests/bench/figures.h"

namespace doorstep::bench {

// REQUIRES: `xml` loads without an error.
std::shared_ptr<const FormDefinition> loaded(const std::string& xml, const FormAttachments& attachments = {});

// From the cache.  REQUIRES: `bytes` are what that form was compiled to.
std::shared_ptr<const FormDefinition> loaded_again(const std::string& bytes, const Sha256& hash);

// A session on the bench, with a clock and dice of its own.
struct Filling {
    ManualClock clock{1'370'696'700'000, 60};
    SeededRandom random{7};
    FormSession session;

    explicit Filling(std::shared_ptr<const FormDefinition> form)
        : session(begun(std::move(form), clock, random)) {}
    static FormSession begun(std::shared_ptr<const FormDefinition> form, const Clock& clock, Random& random);
};

void measure_mixed(int questions, Figures& figures);
void measure_roster(int lines, Figures& figures);
// One answer among 100 and among 10,000 questions that have nothing to do with it.
void measure_unrelated(Figures& figures);

}  // namespace doorstep::bench
