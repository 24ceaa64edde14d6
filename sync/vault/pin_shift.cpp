#include "sync/vault/pin_shift.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forms/base/packing.h"
#include "sync/vault/vault.h"

namespace doorstep {

namespace {

constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
constexpr std::size_t size_max = std::size_t{16} << 20;

Error no_shift() {
    return {Fault::refused, "There is no shift to go on with.", "Sign in with the passphrase."};
}

}  // namespace

template<class Archive, Is<PinShift> T>
void pack(Archive& archive, T& shift) {
    auto& [vault, id, slot, boot, began_ms, wrap] = shift;
    const auto one = [&](auto& uuid) {
        if constexpr (Archive::reading)
            uuid = Uuid::from_bytes(archive.raw(16)).value_or(Uuid{});
        else
            archive.raw(uuid.raw());
    };
    one(vault), one(id), one(slot), one(boot);
    archive(began_ms, wrap.cost.passes, wrap.cost.memory_kib, wrap.salt, wrap.sealed);
}

Result<int> keep_memory(const char* name, std::string_view bytes) {
    const int file = bytes.size() > size_max ? -1 : ::memfd_create(name, MFD_ALLOW_SEALING);
    if (file < 0 || ::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fcntl(file, F_ADD_SEALS, seals) != 0) {
        if (file >= 0)
            ::close(file);
        return Error{Fault::broken, "The system gives no memory that outlives a lock.", ""};
    }
    return file;
}

Result<std::string> memory_at(int number) {
    struct stat facts {};
    // Only a memfd has seals at all; a kernel may add one of its own against execution.
    const int found = ::fcntl(number, F_GET_SEALS);
    if (found < 0 || (found & seals) != seals || ::fstat(number, &facts) != 0 ||
        facts.st_size > static_cast<off_t>(size_max))
        return Error{Fault::refused, "There is no memory that was handed on.", ""};
    std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
    if (::pread(number, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return Error{Fault::refused, "What was handed on cannot be read.", ""};
    return bytes;
}

Result<int> keep_shift(const PinShift& shift) {
    Packer packed;
    packed(shift);
    const auto kept = keep_memory("shift", packed.bytes());
    if (!kept.ok())
        return Error{Fault::broken, "The system gives no memory for the PIN.",
                     "Sign in with the passphrase each time."};
    return *kept;
}

Result<PinShift> shift_at(int number) {
    const auto bytes = memory_at(number);
    if (!bytes.ok())
        return no_shift();
    PinShift shift;
    Unpacker packed(*bytes);
    packed(shift);
    if (!packed.ok() || !packed.at_end())
        return no_shift();
    return shift;
}

bool is_running(const PinShift& shift, const BootTime& time) {
    const auto worked = time.since_boot_ms() - shift.began_ms;
    return !shift.boot.is_nil() && shift.boot == time.boot() && worked >= 0 && worked < Vault::shift_ms;
}

std::string shift_context(const PinShift& shift) {
    PinShift facts{shift.vault, shift.shift, shift.slot, shift.boot, shift.began_ms, {}};
    Packer packed;
    packed(facts);
    return packed.bytes();
}

}  // namespace doorstep
