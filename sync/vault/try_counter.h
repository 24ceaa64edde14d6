// How often a passphrase or PIN was tried in vain, durable before the next check runs.
//
// Two records in a file of its own, written in turn, each with its proof: a write torn
// anywhere leaves the other, which says as many tries as had been checked.  A file that
// is gone or whose records are both damaged leaves each sign-in its last try.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/vault/boot_time.h"
#include "sync/vault/device_secret.h"

namespace doorstep {

class TryCounter {
public:
    static constexpr int passphrase_tries = 10;
    static constexpr int pin_tries = 5;
    static constexpr std::size_t entries_max = 90;

    // `known`: the sign-ins of the vault.  `time` must outlive it.
    static Result<TryCounter> open(const std::string& file, const DeviceSecret& device, const BootTime& time,
                                   const std::vector<Uuid>& known);
    static Result<TryCounter> create(const std::string& file, const DeviceSecret& device,
                                     const BootTime& time);

    // Since the last success.
    int made(const Uuid& id) const;
    // Until the next try may be made: the first three are free, then 5, 30, 60 and 300 s.
    // After a restart of the machine the wait begins anew.
    std::int64_t wait_ms(const Uuid& id) const;
    // A PIN belongs to a shift, which has an entry from its beginning.
    bool has(const Uuid& id) const { return find(id) != nullptr; }

    // Each is on the disk when it returns ok; after an error nothing may be checked.
    Result<void> count(const Uuid& id);
    Result<void> reset(const Uuid& id);
    Result<void> keep_only(const std::vector<Uuid>& ids);

    // Whether open() found nothing that it could believe.
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
    void read(std::string_view content);
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
