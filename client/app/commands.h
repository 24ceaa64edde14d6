// What `doorstep` does without a window: a tablet is set up by hand or by a script.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/app/tablet_places.h"
#include "client/casework/casework.h"
#include "forms/base/calendar.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "sync/store/walks.h"
#include "sync/wire/ticket.h"

namespace doorstep {

struct VisitToLoad {
    std::string folder;
    std::string file;
    std::string label;
    std::string area;
    std::string day;  // 2026-11-21
    std::string programme = "safer_streets";
    OnDuty on_duty;
    std::string questionnaires = {};  // whose directory names the programmes; empty: the shipped ones
    std::string device_secret = {};   // its file; empty: beside the folder
};
// What can be known to be wrong before anybody signs in.
struct VisitRead {
    Day day;
    std::vector<WalkDoor> doors;
};
Result<VisitRead> read_visit(const VisitToLoad& wanted, const Clock& clock);
// Plans the visit when its label is new, and keeps the walk.  What to print.
Result<std::string> load_visit(const VisitToLoad& wanted, const VisitRead& read, Store& store,
                               const Clock& clock, Random& random);
// All of it, for who holds the row keys.
Result<std::string> load_visit(const VisitToLoad& wanted, RowKeys keys, const Clock& clock, Random& random);

struct EnrolmentGiven {
    TabletPlaces places;
    std::string endpoint;
    std::string ticket;  // a file with what `doorstep-endpoint enrol` gave, or "-": standard input
    // The first team lead, where the tablet has no sign-in yet; empty: is asked for in the app.
    std::string lead;
    SecretText passphrase;
    std::optional<PasswordCost> cost;  // tests
};
// Makes the device secret where there is none.  A tablet that has records takes the new
// enrolment over when somebody signs in.
Result<std::string> enrol(const EnrolmentGiven& given, const Clock& clock);
// Its two halves.  Whether this tablet may be enrolled as was asked, with its device secret: conflict: it has
// its lead already.
Result<DeviceSecret> ready_to_enrol(const EnrolmentGiven& given);
// Whose ticket came from `address`, by whichever way.  What to print.
Result<std::string> take_ticket(const EnrolmentGiven& given, const wire::Ticket& ticket,
                                const std::string& address, const Clock& clock);

// Who acts: by a file with the passphrase, or asked for on the terminal.
struct WhoSignsIn {
    std::string label;                                // empty: the only one there is
    std::string passphrase_file;                      // empty: asked for
    std::optional<PasswordCost> cost = std::nullopt;  // of a guess; tests
};
// From a file that nobody else may read, or typed.  bad_input: it is empty; refused: others
// may read the file.
Result<SecretText> read_passphrase(const std::string& file, const std::string& whose);

// Somebody signed in for one command.
struct SignedIn {
    std::unique_ptr<SystemBootTime> boot;  // the vault stands on it
    Vault vault;                           // open
    std::optional<TabletIdentity> identity;
};
// With a passphrase; as on the page of sign-ins: counted, and late after wrong ones.  The
// vault is closed while somebody types.  A window that is at work keeps its PIN.
Result<SignedIn> sign_in(const TabletPlaces& places, const WhoSignsIn& who, const Clock& clock);

struct TabletInHand {
    std::unique_ptr<OpenedTablet> tablet;
    std::string to_tell;  // of an enrolment that waits; empty, or a line
};
// Its records, as the app has them after a sign-in: an enrolment made meanwhile is taken
// over, so that what is recorded now is sealed to its endpoint.
Result<TabletInHand> open_tablet(const TabletPlaces& places, const SignedIn& who, const Clock& clock,
                                 Random& random, const TabletOptions& options = {});

// Where a tablet's data is when nobody says so; empty when there is no home folder.
std::string usual_folder();

}  // namespace doorstep
