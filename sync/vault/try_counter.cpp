#include "sync/vault/try_counter.h"

#include <algorithm>
#include <cassert>

#include "forms/base/packing.h"
#include "sync/vault/durable_file.h"
#include "sync/vault/sealing.h"

namespace doorstep {

namespace {

// A record has a block of the disk to itself, so that tearing one leaves the other.
constexpr std::size_t record_size = 4096;
constexpr std::size_t proof_size = 32;
constexpr std::string_view purpose = "doorstep tries 1";

std::int64_t wait_after(int made) {
    if (made < 3)
        return 0;
    static constexpr std::int64_t seconds[] = {5, 30, 60, 300};
    return 1000 * seconds[std::min(made - 3, 3)];
}

}  // namespace

const TryCounter::Entry* TryCounter::find(const Uuid& id) const {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.id == id; });
    return found == entries_.end() ? nullptr : &*found;
}

int TryCounter::made(const Uuid& id) const {
    const Entry* entry = find(id);
    return entry ? entry->made : 0;
}

std::int64_t TryCounter::wait_ms(const Uuid& id) const {
    const Entry* entry = find(id);
    if (!entry)
        return 0;
    const std::int64_t now = time_->since_boot_ms();
    const bool same_boot = entry->boot == time_->boot() && now >= entry->at_ms;
    return std::max<std::int64_t>(0, wait_after(entry->made) - (same_boot ? now - entry->at_ms : now));
}

std::string TryCounter::encode(std::uint64_t serial, const std::vector<Entry>& entries) const {
    Packer packed;
    packed(serial);
    packed.number(entries.size());
    for (const Entry& entry : entries) {
        packed.raw(entry.id.raw());
        packed(entry.made);
        packed.raw(entry.boot.raw());
        packed(entry.at_ms);
    }
    assert(packed.bytes().size() <= record_size - proof_size);
    std::string record = packed.bytes();
    record.resize(record_size - proof_size, '\0');
    return record + proof(key_, purpose, record);
}

bool TryCounter::decode(std::string_view record, std::uint64_t& serial, std::vector<Entry>& entries) const {
    if (record.size() != record_size)
        return false;
    const auto content = record.substr(0, record_size - proof_size);
    if (!same_bytes(proof(key_, purpose, content), record.substr(content.size())))
        return false;
    Unpacker packed(content);
    packed(serial);
    entries.resize(std::min(packed.count(), entries_max));
    for (Entry& entry : entries) {
        entry.id = Uuid::from_bytes(packed.raw(16)).value_or(Uuid{});
        packed(entry.made);
        entry.boot = Uuid::from_bytes(packed.raw(16)).value_or(Uuid{});
        packed(entry.at_ms);
    }
    return packed.ok();
}

Result<bool> TryCounter::read() {
    const auto content = read_small_file(file_, 2 * record_size);
    if (!content.ok() && content.error().fault != Fault::not_found && content.error().fault != Fault::damaged)
        return content.error();
    std::uint64_t newest = 0;
    for (std::size_t place = 0; content.ok() && place < 2; ++place) {
        const std::size_t at = place * record_size;
        std::uint64_t serial = 0;
        std::vector<Entry> entries;
        if (content->size() < at + record_size ||
            !decode(std::string_view(*content).substr(at, record_size), serial, entries) ||
            serial % 2 != place || serial < newest)
            continue;
        newest = serial;
        entries_ = std::move(entries);
    }
    if (newest != 0)
        serial_ = newest;
    return newest != 0;
}

Result<void> TryCounter::start_anew(std::vector<Entry> entries) {
    TRY_DO(write_durably(file_, encode(2, entries) + encode(1, entries), 0600));
    serial_ = 2;
    entries_ = std::move(entries);
    return {};
}

Result<void> TryCounter::write(std::vector<Entry> entries) {
    const std::uint64_t next = serial_ + 1;
    TRY_DO(overwrite_part(file_, next % 2 * record_size, encode(next, entries)));
    serial_ = next;
    entries_ = std::move(entries);
    return {};
}

Result<TryCounter> TryCounter::create(const std::string& file, const DeviceSecret& device,
                                      const BootTime& time) {
    TryCounter counter(file, derive(device.key(), purpose), time);
    TRY_DO(counter.start_anew({}));
    return counter;
}

Result<TryCounter> TryCounter::open(const std::string& file, const DeviceSecret& device,
                                    const BootTime& time) {
    TryCounter counter(file, derive(device.key(), purpose), time);
    TRY_DO(counter.read());
    return counter;
}

Result<void> TryCounter::catch_up(const ChangeLock&, const std::vector<Uuid>& known) {
    TRY(const bool believed, read());
    if (believed)
        return {};
    was_damaged_ = true;
    std::vector<Entry> last_tries;
    for (const Uuid& id : known)
        last_tries.push_back(
            {id, std::max(made(id), passphrase_tries - 1), time_->boot(), time_->since_boot_ms()});
    return start_anew(std::move(last_tries));
}

Result<void> TryCounter::count(const ChangeLock&, const Uuid& id) {
    auto entries = entries_;
    auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.id == id; });
    if (entry == entries.end()) {
        if (entries.size() == entries_max)
            return Error{Fault::refused, "There are too many sign-ins on this device.", {}};
        entry = entries.insert(entry, Entry{id, 0, {}, 0});
    }
    ++entry->made;
    entry->boot = time_->boot();
    entry->at_ms = time_->since_boot_ms();
    return write(std::move(entries));
}

Result<void> TryCounter::reset(const ChangeLock&, const Uuid& id) {
    auto entries = entries_;
    std::erase_if(entries, [&](const Entry& entry) { return entry.id == id; });
    if (entries.size() == entries_max)
        return Error{Fault::refused, "There are too many sign-ins on this device.", {}};
    entries.push_back({id, 0, {}, 0});
    return write(std::move(entries));
}

Result<void> TryCounter::keep_only(const ChangeLock&, const std::vector<Uuid>& ids) {
    auto entries = entries_;
    const auto gone = std::erase_if(entries, [&](const Entry& entry) {
        return std::find(ids.begin(), ids.end(), entry.id) == ids.end();
    });
    return gone == 0 ? Result<void>() : write(std::move(entries));
}

}  // namespace doorstep
