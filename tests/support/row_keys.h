// The row keys of made-up tablets: the same for every test, so that one opens what
// another wrote, and nobody waits for a passphrase to be stretched.
#pragma once

#include <memory>
#include <string>

#include "sync/vault/sealed_row.h"

namespace doorstep {

inline RowKeys row_keys_for_tests() {
    RowKeys keys;
    keys.add(1, SecretBytes(std::string(RowKeys::key_size, 'k')));
    return keys;
}

inline std::shared_ptr<const RowKeys> shared_row_keys_for_tests() {
    return std::make_shared<const RowKeys>(row_keys_for_tests());
}

}  // namespace doorstep
