#include "client/view/intent_name.h"

#include <array>

namespace doorstep {

namespace {

// In the order of the variant.
constexpr std::array<std::string_view, 58> names{"Back",
                                                 "GoHome",
                                                 "OpenVisit",
                                                 "OpenDoor",
                                                 "OpenCounts",
                                                 "OpenReferralList",
                                                 "OpenWaiting",
                                                 "OpenSync",
                                                 "OpenSettings",
                                                 "FilterDoors",
                                                 "FindDoors",
                                                 "RecordOutcome",
                                                 "Undo",
                                                 "DismissNotice",
                                                 "StartQuestionnaire",
                                                 "ResumeDraft",
                                                 "GiveAnswer",
                                                 "StandOn",
                                                 "SpeakLanguage",
                                                 "NextPage",
                                                 "PreviousPage",
                                                 "OpenPageOf",
                                                 "OpenSummary",
                                                 "OpenOfficersPage",
                                                 "LeaveOfficersPage",
                                                 "DecideConcern",
                                                 "ShowToResident",
                                                 "LeaveResidentPage",
                                                 "AgreeReferral",
                                                 "RefuseReferral",
                                                 "DropReferral",
                                                 "ReopenReferral",
                                                 "AddReferral",
                                                 "SetOffer",
                                                 "Finish",
                                                 "ShowPeriod",
                                                 "ShowDays",
                                                 "ShowColumnSet",
                                                 "WithdrawReferral",
                                                 "SyncNow",
                                                 "ChooseTheme",
                                                 "ChooseTextSize"};
static_assert(names.size() + 1 == std::variant_size_v<Intent>);

}  // namespace

std::string_view name_of(const Intent& intent) {
    return intent.index() < names.size()
               ? names[intent.index()]
               : std::string_view("TryAgain", "MendRecords", "ViewRecords", "WriteRescue", "SetUp",
                                  "ChoosePerson", "SignIn", "UnlockByPin", "ChoosePin", "WithoutPin",
                                  "LockNow", "SwitchOfficer", "OpenOfficers", "AddOfficer", "NewPassphrase",
                                  "RemoveOfficer", "RenewLicence");
}

}  // namespace doorstep
