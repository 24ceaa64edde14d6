// The keys of an endpoint on its disk: the working pairs in its data folder, under a
// device secret that lies outside of it, so that a copy of the folder opens nothing.  The
// secret halves of the other two pairs are shown once, to be kept on paper, and are on no
// disk of the endpoint.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "forms/base/clock.h"
#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "sync/vault/endpoint_keys.h"

namespace doorstep {

class KeyFiles {
public:
    // `device_secret` empty: beside the folder, under its name and ".device-secret".
    KeyFiles(const std::string& folder, const std::string& device_secret);

    // Nothing when none were made.  damaged, not_found (the device secret), refused (others
    // may read it).
    Result<std::optional<WorkingKeys>> load() const;

    struct Made {
        WorkingKeys keys;
        SecretText sheet;  // shown to whoever stores it, and to nobody else
        KeyPair recovery;  // to make the spare authority of, and then to be forgotten
    };
    // Writes the sheet, or shows it.
    using ShowSheet = std::function<Result<void>(std::string_view sheet)>;
    // Durable when it returns.  refused once a sheet is said to be stored: before that nothing
    // can have been sealed to the keys, and new ones take the place of a sheet that was
    // lost.  An endpoint that has a safeguarding key from before keeps it.
    // With `show` there are no keys before it has returned well; without it the caller shows the
    // sheet, and then says so with mark_shown().
    Result<Made> make(const Clock& clock, const ShowSheet& show = {}) const;
    // The sheet of this recovery key was written or shown: it may be said to be stored.
    Result<void> mark_shown(const PublicKey& recovery) const;
    bool was_shown(const PublicKey& recovery) const;

    // For the day on which the device secret is lost: what load() cannot open is opened with
    // the recovery key, and kept under the device secret that is here now, or a new one.
    // Durable when it returns.  refused: they open as they are, or that is the key of another
    // endpoint; not_found: there are none.
    Result<void> recover(const KeyPair& recovery) const;

    // not_found, damaged, refused.
    Result<DeviceSecret> device_secret() const { return DeviceSecret::load(device_); }

    bool stored() const;
    // refused when there are no keys.
    Result<void> mark_stored() const;

    // From before these keys, with its secret half in clear; nothing when there is none.
    Result<std::optional<KeyPair>> older_safeguarding() const;
    const std::string& file() const { return keys_; }
    const std::string& older_file() const { return older_; }
    const std::string& device_file() const { return device_; }
    // The file as it lies there, for a backup: to the recovery key it opens too.  Empty: there is none.
    Result<std::string> kept() const;

    // Made where there is none, as long as no sheet is said to be stored.
    Result<DeviceSecret> device() const;

private:
    std::string keys_;
    std::string stored_;
    std::string shown_;
    std::string older_;
    std::string device_;
};

}  // namespace doorstep
