// The vault of a tablet: who may open it, and the keys that lie in it.
//
// It stands in one small file beside the store, outside which lies only the device
// secret.  Locked, it lists its sign-ins, signs as the tablet, and takes a licence from the
// endpoint.  Opened by a passphrase, a PIN within the shift, or the recovery key, it
// gives the row keys to the store.  Each change is one write, durable and whole when the
// call returns ok; after an error what stood before still stands.
//
// Used by one thread at a time; opening takes about half a second of it.  Several programs
// may have one vault: each change is made alone (a lock for its duration, in a file beside
// the vault) and to what stands on the disk then.  Where that is not what this object was
// opened with, a locked one takes it over; an open one does unless sign-ins or keys were
// changed: then each of its changes is refused with conflict until it was locked.
//
// What it cannot do: a disk put back as it was last week has last week's counters and
// sign-ins.  The recovery key opens what it is given; that nobody put another vault in
// its place is for the person who holds it to see, by the rows that then do not open.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "sync/vault/boot_time.h"
#include "sync/vault/device_secret.h"
#include "sync/vault/passphrase.h"
#include "sync/vault/sealed_box.h"
#include "sync/vault/sealed_row.h"
#include "sync/vault/signing.h"
#include "sync/vault/vault_file.h"

namespace doorstep {

struct VaultPlace {
    std::string file;
    std::string tries;  // counted here
};

// Whether a sign-in ends the shifts of before, so that their PINs help no more.  They stay
// where a command signs in beside a window that somebody works with.
enum class Shifts { end, stay };

// Where a test may stop an unlock as a kill would.
enum class UnlockStep { counted, stretched, checked };

struct VaultSurroundings {
    const Clock& clock;
    const BootTime& boot;
    PasswordCost floor = PasswordCost::floor();             // lower in tests only
    std::function<bool(UnlockStep)> go_on_after = nullptr;  // in tests only
};

// What the page of sign-ins shows.
struct SignIn {
    Uuid slot;
    SlotRole role = SlotRole::officer;
    std::string label;    // the officer's code
    bool closed = false;  // after ten wrong passphrases; a lead gives a new one
    int tries_left = 0;
    std::int64_t wait_ms = 0;
};

struct Licence {
    std::int64_t until_ms = 0;
    bool valid = false;
    // Given on a day that the clock has not reached: one of the two is wrong.
    bool not_yet = false;
};

struct NewVault {
    std::string_view lead_label;
    std::string_view lead_passphrase;
    PasswordCost cost;
    PublicKey recovery;       // of the partnership
    VerifyKey endpoint = {};  // whose licences are good; may be left out
};

struct NewLead {
    std::string_view label;
    std::string_view passphrase;
    PasswordCost cost;
};

class Vault {
public:
    static constexpr std::int64_t licence_ms = std::int64_t{35} * 24 * 3600 * 1000;
    static constexpr std::int64_t shift_ms = std::int64_t{12} * 3600 * 1000;

    // At enrolment; the result is open, for the lead who made it.  conflict: there is a
    // vault already.
    static Result<Vault> create(const VaultPlace& place, DeviceSecret device, const VaultSurroundings& around,
                                const NewVault& made);
    // Locked.  not_found; damaged (any byte is not what was written); newer_version.
    static Result<Vault> open(const VaultPlace& place, DeviceSecret device, const VaultSurroundings& around);
    // When the device secret is lost with everything but the file: the row keys alone.
    static Result<RowKeys> rescue_row_keys(const std::string& file, const KeyPair& recovery);
    // The same day, to work on: the vault is made anew under `device` with everything that the
    // recovery key opens, one sign-in, and a new identity of the tablet; open, for that lead.
    // The file as it was stays beside it as FILE.before-recovery.  One write: after an error
    // the old one stands.  refused: another partnership's recovery key; damaged.
    static Result<Vault> remake(const VaultPlace& place, DeviceSecret device, const VaultSurroundings& around,
                                const KeyPair& recovery, const NewLead& lead);

    Vault(Vault&&) noexcept;
    Vault& operator=(Vault&&) noexcept;
    ~Vault();

    // --- locked or open ------------------------------------------------------
    Result<std::vector<SignIn>> sign_ins() const;
    const Uuid& id() const;
    const VerifyKey& tablet_key() const;
    const PublicKey& inbox_key() const;
    // As the tablet.
    Result<std::string> sign(std::string_view purpose, std::string_view content) const;
    // From a sync.  refused: not signed by the endpoint, for another vault, not newer than the
    // one that stands, or of a day that the clock has not reached.  Writes at most every six
    // hours, unless a clock that ran ahead was seen.
    Result<void> accept_licence(const SignedLicence& licence);
    // By the word of the centre (an officer left): nobody opens a sign-in of that label, by passphrase or
    // PIN, until a lead gives it a new one.  Whoever is signed in by it stays so until the lock.  False:
    // there was nothing to end.
    Result<bool> end_sign_ins(std::string_view label);
    bool is_open() const;
    // The counters of tries were gone or damaged: each sign-in has one try left.
    bool tries_were_damaged() const;

    // --- opening ---------------------------------------------------------------
    // Each locks first, and goes by what stands on the disk.  Every try is counted on the disk before it is
    // checked; where it cannot be counted (disk_full, not_writable) it is not checked.  refused: wrong, too
    // soon, closed, or the licence has run out; the text is for the officer.
    Result<void> unlock(const Uuid& slot, std::string_view passphrase, Shifts shifts = Shifts::end);
    // As a lead who has no sign-in; not counted, since nobody guesses it.
    Result<void> unlock_by_recovery(const KeyPair& recovery);
    // Into a sealed piece of memory that survives execve() under the number returned
    // (pin_shift.h).  The shift began when the passphrase was typed.  Ask for the PIN then,
    // and once more after a rotation began; each lock within the shift keeps the number.
    Result<int> seal_shift(std::string_view pin);
    // refused: wrong, too soon, five tries made, twelve hours over, the machine was
    // restarted; only a passphrase helps then, but for the first two.
    Result<void> unlock_by_pin(int shift, std::string_view pin);
    // Whether a PIN can still open that shift, so that none is asked for in vain.
    bool pin_helps(int shift) const;
    void lock();

    // --- open ------------------------------------------------------------------
    // refused when locked, and to a lead until an expired licence is renewed.
    Result<RowKeys> row_keys() const;
    // REQUIRES: is_open(), for these.
    SlotRole role() const;
    const std::string& label() const;
    const Uuid& slot() const;  // nil: by the recovery key
    // Opened by a lead's passphrase, or by the recovery key: what a PIN never does.
    bool acts_as_lead() const;
    Licence licence() const;
    // The wall clock as seen now; call it now and then, so that setting the clock back
    // renews nothing.  Writes at most every ten minutes.
    Result<void> note_time();
    // refused when locked; damaged when not sealed to inbox_key().
    Result<SecretText> open_inbox(std::string_view sealed) const;
    Result<void> change_passphrase(std::string_view passphrase, PasswordCost cost);
    // The store has no row left of that generation.  Resumable: not_found is fine too.
    Result<void> finish_rotation(KeyGeneration old);
    // What is left to rotate away, oldest first.
    std::vector<KeyGeneration> old_generations() const;

    // --- open, by a lead's passphrase or the recovery key ------------------------
    Result<Uuid> add_slot(std::string_view label, SlotRole role, std::string_view passphrase,
                          PasswordCost cost);
    // A new passphrase for one who forgot, or whose sign-in was closed.  Locks when it is
    // the lead's own.
    Result<void> reissue_slot(const Uuid& slot, std::string_view passphrase, PasswordCost cost);
    // Begins a rotation: the new generation is for those who stay.  Take row_keys() anew.
    Result<KeyGeneration> remove_slot(const Uuid& slot);
    Result<KeyGeneration> begin_rotation();
    // 35 days from what the clock says now, whatever it said before.  A clock that is set back
    // by more than a day afterwards ends it there and then.
    Result<void> renew_licence();
    // This tablet was enrolled with another endpoint: its licences are good from now on, and
    // those of the one before no more.  Nothing is written where it is the same one.
    Result<void> follow_endpoint(const VerifyKey& endpoint);

    struct State;

private:
    explicit Vault(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// At the endpoint, for accept_licence().
SignedLicence sign_licence(const SigningPair& endpoint, const Uuid& vault, std::int64_t issued_ms,
                           std::int64_t until_ms);

}  // namespace doorstep
