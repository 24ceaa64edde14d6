// What is said on the pages of signing in.
#pragma once

#include <memory>
#include <string>

#include "forms/base/secret.h"
#include "forms/base/uuid.h"

namespace doorstep {

// What somebody typed and nobody may keep: shared by the copies of an intent, wiped with
// the last of them.
using TypedSecret = std::shared_ptr<const SecretText>;

namespace intent {

struct SetUp {  // the first team lead of this tablet
    std::string label;
    TypedSecret passphrase;
};
struct JoinByCode {        // a tablet that is not enrolled
    std::string endpoint;  // "endpoint.example:8443", with https:// or without
    std::string code;      // "7K3M-Q2ZT"
};
struct CentreWords {  // whether the centre reads out the words on the screen
    bool same = false;
};
struct StopJoining {};
struct ChoosePerson {  // nil: back to all of them
    Uuid slot;
};
struct SignIn {
    Uuid slot;
    TypedSecret passphrase;
};
struct UnlockByPin {
    TypedSecret pin;
};
struct ChoosePin {
    TypedSecret pin;
};
struct WithoutPin {};     // each unlock will ask for the passphrase
struct LockNow {};        // the PIN opens it again
struct SwitchOfficer {};  // locks, and the PIN is forgotten
struct OpenOfficers {};
struct AddOfficer {
    std::string label;
    bool lead = false;
    TypedSecret passphrase;
};
struct NewPassphrase {  // one's own, or by a lead of another
    Uuid slot;
    TypedSecret passphrase;
};
struct RemoveOfficer {
    Uuid slot;
};
struct RenewLicence {};

}  // namespace intent
}  // namespace doorstep
