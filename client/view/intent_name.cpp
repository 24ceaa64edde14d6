#include "client/view/intent_name.h"

#include <array>

namespace doorstep {

namespace {

// In the order of the variant.
constexpr std::array<std::string_view, std::variant_size_v<Intent>> names{"Back",
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
                                                                          "NoteHome",
                                                                          "Undo",
                                                                          "DismissNotice",
                                                                          "UndoChange",
                                                                          "RedoChange",
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
                                                                          "ChooseTextSize",
                                                                          "TryAgain",
                                                                          "MendRecords",
                                                                          "ViewRecords",
                                                                          "WriteRescue",
                                                                          "JoinByCode",
                                                                          "CentreWords",
                                                                          "StopJoining",
                                                                          "SetUp",
                                                                          "ChoosePerson",
                                                                          "SignIn",
                                                                          "UnlockByPin",
                                                                          "ChoosePin",
                                                                          "WithoutPin",
                                                                          "LockNow",
                                                                          "SwitchOfficer",
                                                                          "OpenOfficers",
                                                                          "AddOfficer",
                                                                          "NewPassphrase",
                                                                          "RemoveOfficer",
                                                                          "RenewLicence",
                                                                          "OpenHomes",
                                                                          "FindHomes",
                                                                          "OpenHome",
                                                                          "AddHome",
                                                                          "SetProxy"};
static_assert(!names.back().empty());

}  // namespace

std::string_view name_of(const Intent& intent) {
    return names[intent.index()];
}

bool holds_secret(const Intent& intent) {
    return std::visit(
        [](const auto& said) {
            return requires {
                said.passphrase;
            }
            || requires {
                said.pin;
            }
            || requires {
                said.password;
            };
        },
        intent);
}

}  // namespace doorstep
