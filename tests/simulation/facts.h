// Plausible facts of an officer's day, by chance.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "forms/base/random.h"
#include "sync/operation/operation.h"
#include "sync/store/home_notes.h"

namespace doorstep::simulation {

// The homes that all officers of a run walk to: few, so that they meet.
struct Neighbourhood {
    explicit Neighbourhood(Random& random);
    std::vector<Uuid> households;
};

class Officer {
public:
    Officer(int number, const Neighbourhood& neighbourhood, Random& random)
        : number_(number), neighbourhood_(neighbourhood), random_(random) {}

    // What stands in the registers of a home, as the tablet in hand shows it.
    using NotesOf = std::function<std::vector<StandingNote>(const Uuid& household)>;

    // What one press of a button keeps: one or several facts of one append().
    std::vector<Operation> next(std::int64_t now_ms, const NotesOf& notes);
    // What colleagues finished can be corrected as well.
    void look_at(const std::vector<Operation>& log);
    // They were kept: from now on they can be corrected and withdrawn.
    void remember(const std::vector<Operation>& kept);

private:
    Operation plan_visit(Day day);
    Operation record_contact(Day day);
    std::vector<Operation> finish_questionnaire(Day day, std::int64_t now_ms);
    Operation take_back(const Operation& tried);
    struct KnownReferral {
        Uuid referral;
        Uuid household;
    };
    Operation withdraw(const KnownReferral& known);
    Operation note_home(Day day, const NotesOf& notes);
    std::string canary();
    Operation raise(const Uuid& contact, const Uuid& household, Day day, std::int64_t now_ms);
    // One of ours once more, with something else in it.
    Operation correct(const Operation& wrong);
    std::string prose();

    int number_;
    const Neighbourhood& neighbourhood_;
    Random& random_;
    Uuid visit_;
    struct KnownDoor {
        Uuid contact;
        Uuid household;
    };
    std::vector<KnownDoor> doors_;
    std::vector<KnownReferral> referrals_;
    std::vector<Operation> correctable_;
    std::vector<Operation> tries_;
};

// Before 16 hexadecimal digits that no other fact has.
inline constexpr std::string_view canary_word = "canary";

// What an agency answers about a referral.
Operation agency_answer(const Uuid& referral, const Uuid& household, Random& random);

}  // namespace doorstep::simulation
