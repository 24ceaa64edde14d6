// Plausible facts of an officer's day, by chance.
#pragma once

#include <vector>

#include "forms/base/random.h"
#include "sync/operation/operation.h"

namespace doorstep::simulation {

class Officer {
public:
    Officer(int number, Random& random) : number_(number), random_(random) {}

    // What one press of a button keeps: one or several facts of one append().
    std::vector<Operation> next(std::int64_t now_ms);

private:
    Operation plan_visit(Day day);
    Operation record_contact(Day day);
    std::vector<Operation> finish_questionnaire(Day day, std::int64_t now_ms);
    Operation withdraw(const Uuid& referral);
    Operation raise(const Uuid& contact, Day day, std::int64_t now_ms);

    int number_;
    Random& random_;
    Uuid visit_;
    struct KnownDoor {
        Uuid contact;
        Uuid household;
    };
    std::vector<KnownDoor> doors_;
    std::vector<Uuid> referrals_;
};

}  // namespace doorstep::simulation
