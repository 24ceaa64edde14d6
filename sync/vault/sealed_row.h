// Rows of the store, sealed: 24 bytes of nonce, then XChaCha20-Poly1305 of the text
// padded to a multiple of 256 bytes.  What the row is stands in the associated data, so
// that a row cannot be swapped with another, moved, or replaced by its own past.
//
// Only the store seals and opens rows; an opened Vault hands it the keys.  One thread at
// a time may change a RowKeys; any number may seal and open with one that stands still.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/secret.h"
#include "forms/base/uuid.h"
#include "sync/vault/secret_bytes.h"

namespace doorstep {

// A tablet's row key is renewed by generations, counted from 1.
using KeyGeneration = std::uint32_t;

// Every field is checked when the row is opened; all of them stand in clear columns.
struct RowIdentity {
    Uuid id;
    std::string_view table;  // at most 64 bytes
    std::uint64_t revision = 0;
    std::uint32_t compartment = 0;  // 0 until organisations have keys of their own
    int schema_version = 0;         // under which the row was written
};

// Text of one opened row after the other, in one piece of memory that is wiped when it
// grows and when it goes.
class RowBuffer {
public:
    RowBuffer() = default;
    RowBuffer(const RowBuffer&) = delete;
    RowBuffer& operator=(const RowBuffer&) = delete;
    ~RowBuffer() { wipe(); }

    void wipe();

private:
    friend class RowKeys;
    unsigned char* room_for(std::size_t size);
    std::string bytes_;
};

// The live key generations of one tablet.  Moves; its keys are wiped with it.
class RowKeys {
public:
    static constexpr std::size_t key_size = 32;
    static constexpr std::size_t block = 256;

    RowKeys() = default;
    RowKeys(RowKeys&&) noexcept = default;
    RowKeys& operator=(RowKeys&&) noexcept = default;

    // REQUIRES: key.size() == key_size; the generation is not there yet and not 0.
    void add(KeyGeneration generation, SecretBytes key);
    // From now on its rows are unreadable.  Nothing happens for one that is not there.
    void drop(KeyGeneration generation);
    // Under which seal() works; 0 when there is no key.
    KeyGeneration newest() const { return keys_.empty() ? 0 : keys_.back().generation; }
    std::vector<KeyGeneration> generations() const;  // rising
    RowKeys duplicate() const;

    // Under newest(), which the caller keeps beside the row.
    // REQUIRES: newest() != 0; identity.table.size() <= 64.
    std::string seal(const RowIdentity& identity, std::string_view text) const;
    // Fault::damaged when the bytes were altered or belong to another identity, and when
    // the generation is not there.  No message holds content.
    Result<SecretText> open(const RowIdentity& identity, KeyGeneration generation,
                            std::string_view sealed) const;
    // The same without an allocation per row; the text stands until the buffer is used
    // again.
    Result<std::string_view> open(const RowIdentity& identity, KeyGeneration generation,
                                  std::string_view sealed, RowBuffer& buffer) const;
    // What seal() makes of a text of that size: for the clear column of lengths.
    static std::size_t sealed_size(std::size_t text_size);

private:
    struct Key {
        KeyGeneration generation;
        SecretBytes bytes;
    };
    const Key* find(KeyGeneration generation) const;
    std::vector<Key> keys_;  // rising by generation; a handful at most
};

// Whether this build really seals.  False only where sealed_row.cpp is compiled with
// DOORSTEP_SEALING_OFF: the control of the canary test, which must find what such a build
// leaves readable.  No preset sets it; a program that ships it would fail its own tests.
bool rows_are_sealed();

}  // namespace doorstep
