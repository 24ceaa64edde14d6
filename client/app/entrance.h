// The way into a tablet: its enrolment by a code, its first team lead, passphrases, the PIN of a shift, the
// licence; and from inside the sign-ins of others and the lock.  Owns the vault.
//
// Belongs to the writer thread.  What takes half a second (a passphrase is stretched on
// purpose) is announced first, so that the screen can say so.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "client/app/joining.h"
#include "client/app/tablet_places.h"
#include "client/view/sign_in_intent.h"
#include "client/view/sign_in_view.h"
#include "client/wording/wording.h"
#include "sync/vault/boot_time.h"
#include "sync/vault/vault.h"

namespace doorstep {

struct EntranceOptions {
    TabletPlaces places;
    int shift = -1;  // the number of the memory that the PIN opens (Vault::seal_shift)
    // What one guess costs: measured on this tablet where nothing stands here (tests).
    std::optional<PasswordCost> cost = std::nullopt;
    // A tablet that joins has news: look_at_joining() is to be called.  On another thread; may be empty.
    std::function<void()> news = {};
};

class Entrance {
public:
    enum class Stands : std::uint8_t { outside, choosing_pin, licence_ended, inside };
    using Screen = std::variant<SetUpView, SignInView, ChoosePinView, OfficersView>;

    // All must outlive it.  `working` is called before something slow.
    Entrance(EntranceOptions options, const Clock& clock, const BootTime& boot, const Wording& words,
             std::function<void()> working);
    ~Entrance();

    // Reads what is on the disk.  An error is for the page of trouble: a vault that is
    // damaged, of a newer version, or without its device secret.
    Result<void> arrive();

    Stands stands() const { return stands_; }
    // REQUIRES: stands() != inside, or at officers()
    Screen screen() const;
    OfficersView officers() const;
    // When the screen changes by itself (a wait is over); nothing planned: nothing.
    std::optional<std::int64_t> wake_in_ms() const;

    // Outside.
    void act(const intent::JoinByCode& said);
    void act(const intent::CentreWords& said);
    void act(const intent::StopJoining&);
    // Whether it is enrolled since: then arrive() anew.
    bool look_at_joining();
    void act(const intent::SetUp& said);
    void act(const intent::ChoosePerson& said);
    void act(const intent::SignIn& said);
    void act(const intent::UnlockByPin& said);
    // After the passphrase.
    void act(const intent::ChoosePin& said);
    void act(const intent::WithoutPin&);
    void act(const intent::RenewLicence&);
    // Inside.  Where a sign-in was removed a rotation has begun: keys() are to be taken
    // anew, and the PIN is chosen once more.
    void act(const intent::AddOfficer& said);
    void act(const intent::NewPassphrase& said);
    void act(const intent::RemoveOfficer& said);

    // REQUIRES: inside, for these.
    Result<RowKeys> keys() const { return vault_->row_keys(); }
    const std::string& officer() const { return vault_->label(); }
    // REQUIRES: has_vault()
    Vault& vault() { return *vault_; }
    // As it lies beside the store; nothing before the enrolment.
    const std::optional<TabletIdentity>& identity() const { return identity_; }

    // Whether there is a vault, locked or not.
    bool has_vault() const { return vault_.has_value(); }
    // What the next process is told, so that the PIN opens it; -1: a passphrase is needed.
    int shift() const { return shift_; }
    void forget_shift();
    void lock();

private:
    struct Typing;
    Result<void> open_vault();
    void begin_shift();
    bool pin_helps() const;
    void join(const std::string& endpoint, const std::string& code);
    SetUpView set_up_view() const;
    SignInView sign_in_view() const;
    PasswordCost cost();
    void say(const Result<void>& outcome, std::string done = {});

    EntranceOptions options_;
    const Clock& clock_;
    const BootTime& boot_;
    const Wording& words_;
    std::function<void()> working_now_;

    std::optional<Vault> vault_;
    std::optional<TabletIdentity> identity_;
    Stands stands_ = Stands::outside;
    int shift_ = -1;
    Uuid chosen_;
    bool rather_passphrase_ = false;  // although the PIN would do
    bool working_ = false;
    std::string trouble_;
    std::optional<Joining> joining_;  // while it asks and waits
};

}  // namespace doorstep
