// How often a passphrase or PIN was tried in vain, durable before the next check runs.
//
// Two records in a file of its own, written in turn, each with its proof: a write torn
// anywhere leaves the other, which says as many tries as had been checked.  A file that
// is gone or whose records are both damaged leaves each sign-in its last try.
//
// Several programs may try at one time: under the lock of the vault each reads what stands
// on the disk, decides by that, and counts on top of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/vault/boot_time.h"
#include "sync/vault/change_lock.h"
#include "sync/vault/device_secret.h"

namespace doorstep {

class TryCounter {
public:
    static constexpr int passphrase_tries = 10;
    static constexpr int pin_tries = 5;
    static constexpr std::size_t entries_max = 90;

    // Reads only; what cannot be believed waits for catch_up().  `time` must outlive it.
    static Result<TryCounter> open(const std::string& file, const DeviceSecret& device, const BootTime& time);
    static Result<TryCounter> create(const std::string& file, const DeviceSecret& device,
                                     const BootTime& time);

    // Since the last success.
    int made(const Uuid& id) const;
    // Until the next try may be made: the first three are free, then 5, 30, 60 and 300 s.
    // After a restart of the machine the wait begins anew.
    std::int64_t wait_ms(const Uuid& id) const;
    // A PIN belongs to a shift, which has an entry from its beginning.
    bool has(const Uuid& id) const { return find(id) != nullptr; }

    // What stands on the disk now.  `known`, the sign-ins of the vault: each is left its last
    // try, durably, where there is nothing to believe.
    Result<void> catch_up(const ChangeLock& held, const std::vector<Uuid>& known);
    // Each is on the disk when it returns ok; after an error nothing may be checked.
    // REQUIRES: catch_up() under the same lock, for these.
    Result<void> count(const ChangeLock& held, const Uuid& id);
    Result<void> reset(const ChangeLock& held, const Uuid& id);
    Result<void> keep_only(const ChangeLock& held, const std::vector<Uuid>& ids);

    // Whether open() found anything to believe.
    bool is_read() const { return serial_ != 0; }
    // Whether catch_up() had to begin anew.
    bool was_damaged() const { return was_damaged_; }

private:
    struct Entry {
        Uuid id;
        int made = 0;
        Uuid boot;  // of the last try
        std::int64_t at_ms = 0;
    };

    TryCounter(std::string file, SecretBytes key, const BootTime& time)
        : file_(std::move(file)), key_(std::move(key)), time_(&time) {}
    const Entry* find(const Uuid& id) const;
    std::string encode(std::uint64_t serial, const std::vector<Entry>& entries) const;
    bool decode(std::string_view record, std::uint64_t& serial, std::vector<Entry>& entries) const;
    // Whether there was anything to believe.
    Result<bool> read();
    Result<void> start_anew(std::vector<Entry> entries);
    Result<void> write(std::vector<Entry> entries);

    std::string file_;
    SecretBytes key_;
    const BootTime* time_;
    std::uint64_t serial_ = 0;  // of the record that stands; its place is serial % 2
    std::vector<Entry> entries_;
    bool was_damaged_ = false;
};

}  // namespace doorstep
