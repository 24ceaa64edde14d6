#include "sync/vault/sealed_row.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "sync/vault/padding.h"

namespace doorstep {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t table_size_max = 64;

static_assert(RowKeys::key_size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

// Fixed widths, least byte first, the one text at the end behind its length: no two
// identities have one encoding.  On the stack, since it is made for every row.
class AssociatedData {
public:
    AssociatedData(const RowIdentity& identity, KeyGeneration generation) {
        number(1, 1);  // of this encoding
        text(identity.id.raw());
        number(identity.revision, 8);
        number(generation, 4);
        number(identity.compartment, 4);
        number(static_cast<std::uint32_t>(identity.schema_version), 4);
        number(identity.table.size(), 1);
        text(identity.table);
    }
    const unsigned char* data() const { return bytes_.data(); }
    std::size_t size() const { return size_; }

private:
    void number(std::uint64_t value, int width) {
        for (; width > 0; --width, value >>= 8)
            bytes_[size_++] = static_cast<unsigned char>(value & 0xff);
    }
    void text(std::string_view part) {
        std::memcpy(bytes_.data() + size_, part.data(), part.size());
        size_ += part.size();
    }

    std::array<unsigned char, 1 + 16 + 8 + 4 + 4 + 4 + 1 + table_size_max> bytes_{};
    std::size_t size_ = 0;
};

Error damaged_row() {
    return {Fault::damaged, "A stored row was altered or is not the row that should stand there.", {}};
}

// `out` and `text` may be the same memory.
void encrypt(unsigned char* out, std::size_t size, const AssociatedData& identity, const unsigned char* nonce,
             const unsigned char* key) {
#ifdef DOORSTEP_SEALING_OFF
    std::memset(out + size, 0, tag_size);
    static_cast<void>(identity), static_cast<void>(nonce), static_cast<void>(key);
#else
    crypto_aead_xchacha20poly1305_ietf_encrypt(out, nullptr, out, size, identity.data(), identity.size(),
                                               nullptr, nonce, key);
#endif
}

bool decrypt(unsigned char* out, std::string_view sealed, const AssociatedData& identity,
             const unsigned char* key) {
#ifdef DOORSTEP_SEALING_OFF
    std::memcpy(out, sealed.data() + nonce_size, sealed.size() - nonce_size - tag_size);
    static_cast<void>(identity), static_cast<void>(key);
    return true;
#else
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, nullptr, nullptr, octets(sealed) + nonce_size,
                                                      sealed.size() - nonce_size, identity.data(),
                                                      identity.size(), octets(sealed), key) == 0;
#endif
}

}  // namespace

bool rows_are_sealed() {
#ifdef DOORSTEP_SEALING_OFF
    return false;
#else
    return true;
#endif
}

void RowBuffer::wipe() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

unsigned char* RowBuffer::room_for(std::size_t size) {
    if (bytes_.size() < size) {
        wipe();  // growing would leave the old text behind
        bytes_ = std::string(size, '\0');
    }
    return octets(bytes_);
}

void RowKeys::add(KeyGeneration generation, SecretBytes key) {
    assert(key.size() == key_size && generation != 0 && !find(generation));
    const auto place =
        std::find_if(keys_.begin(), keys_.end(), [&](const Key& k) { return k.generation > generation; });
    keys_.insert(place, Key{generation, std::move(key)});
}

void RowKeys::drop(KeyGeneration generation) {
    std::erase_if(keys_, [&](const Key& key) { return key.generation == generation; });
}

std::vector<KeyGeneration> RowKeys::generations() const {
    std::vector<KeyGeneration> all;
    for (const Key& key : keys_)
        all.push_back(key.generation);
    return all;
}

RowKeys RowKeys::duplicate() const {
    RowKeys copy;
    for (const Key& key : keys_)
        copy.add(key.generation, key.bytes.duplicate());
    return copy;
}

const RowKeys::Key* RowKeys::find(KeyGeneration generation) const {
    for (const Key& key : keys_)
        if (key.generation == generation)
            return &key;
    return nullptr;
}

std::size_t RowKeys::sealed_size(std::size_t text_size) {
    return nonce_size + padded_size(text_size, block) + tag_size;
}

std::string RowKeys::seal(const RowIdentity& identity, std::string_view text) const {
    assert(!keys_.empty() && identity.table.size() <= table_size_max);
    const Key& key = keys_.back();
    std::string sealed(sealed_size(text.size()), '\0');
    unsigned char* out = octets(sealed);
    randombytes_buf(out, nonce_size);
    // Padded and encrypted where it stands: the text is in no other memory of ours.
    std::memcpy(out + nonce_size, text.data(), text.size());
    out[nonce_size + text.size()] = 0x80;
    encrypt(out + nonce_size, padded_size(text.size(), block), AssociatedData(identity, key.generation), out,
            key.bytes.data());
    return sealed;
}

Result<std::string_view> RowKeys::open(const RowIdentity& identity, KeyGeneration generation,
                                       std::string_view sealed, RowBuffer& buffer) const {
    const Key* key = find(generation);
    if (!key)
        return Error{Fault::damaged, "A stored row is sealed under a key that is not there.", {}};
    if (sealed.size() < nonce_size + tag_size || identity.table.size() > table_size_max)
        return damaged_row();
    const std::size_t size = sealed.size() - nonce_size - tag_size;
    unsigned char* out = buffer.room_for(size);
    if (!decrypt(out, sealed, AssociatedData(identity, generation), key->bytes.data()))
        return damaged_row();
    const auto text = std::string_view(buffer.bytes_).substr(0, size);
    const auto text_size = unpadded_size(text);
    return text_size ? Result<std::string_view>(text.substr(0, *text_size)) : damaged_row();
}

Result<SecretText> RowKeys::open(const RowIdentity& identity, KeyGeneration generation,
                                 std::string_view sealed) const {
    RowBuffer buffer;
    TRY(const auto text, open(identity, generation, sealed, buffer));
    return SecretText(text);
}

}  // namespace doorstep
