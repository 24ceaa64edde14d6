#include "client/app/handed_on.h"

#include "forms/base/packing.h"
#include "forms/base/secret.h"
#include "sync/vault/pin_shift.h"

namespace doorstep {

namespace {

// In no table of the store: none of its rows can be put here, and nothing of this there.
const RowIdentity over_a_lock{{}, "answers over a lock", 1, 0, 1};

}  // namespace

template<class Archive, Is<UnsavedLines> T>
void pack(Archive& archive, T& unsaved) {
    auto& [questionnaire, lines, answers, place] = unsaved;
    if constexpr (Archive::reading)
        questionnaire = Uuid::from_bytes(archive.raw(16)).value_or(Uuid{});
    else
        archive.raw(questionnaire.raw());
    archive(lines, answers, place);
}

Result<int> hand_on(const std::vector<UnsavedLines>& unsaved, const RowKeys& keys) {
    Packer packed;
    packed(unsaved);
    std::string clear = packed.bytes();
    Packer outer;
    outer(std::uint64_t{keys.newest()}, keys.seal(over_a_lock, clear));
    wipe_text(clear);
    return keep_memory("answers", outer.bytes());
}

Result<std::vector<UnsavedLines>> handed_on(int number, const RowKeys& keys) {
    TRY(const std::string bytes, memory_at(number));
    std::uint64_t generation = 0;
    std::string sealed;
    Unpacker outer(bytes);
    outer(generation, sealed);
    if (!outer.ok() || !outer.at_end())
        return Error{Fault::damaged, "Answers that were kept over the lock cannot be read.", ""};
    TRY(const auto clear, keys.open(over_a_lock, static_cast<KeyGeneration>(generation), sealed));
    std::vector<UnsavedLines> unsaved;
    Unpacker packed(clear.view());
    packed(unsaved);
    if (!packed.ok() || !packed.at_end())
        return Error{Fault::damaged, "Answers that were kept over the lock cannot be read.", ""};
    return unsaved;
}

}  // namespace doorstep
