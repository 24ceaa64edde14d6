// The second copy of what was not sent: an append-only file beside the store, to which
// every own envelope goes, sealed as it stands in the store, before its finish is
// acknowledged.  A damaged store loses none of them.
//
// Written after the commit: what is in the copy is in the store.  A power cut between the
// two leaves a store with one envelope more, which was not acknowledged; catch_up() at the
// next opening copies it.  That costs one sync more per finish, none per answer.
//
// So a copy that knows more than its store tells that the store was set back: a log that went
// bad, an older file in its place.  Store::keep_second_copy() puts it back then.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/sha256.h"
#include "forms/base/uuid.h"
#include "sync/store/sql_connection.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/vfs_file.h"
#include "sync/vault/sealed_row.h"

namespace doorstep {

// A row of sealed_envelope.
struct CopiedEnvelope {
    Uuid enrolment;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    Uuid id;
    KeyGeneration generation = 0;
    std::string sealed;
    Sha256 chain;
    std::string outbound{};  // with its check; empty where the plain body travels
    // The chain as it stood before it: without the store, nobody else knows.  Nothing where a
    // mended store knew it no more.
    std::optional<Sha256> chain_before{};
};

// So far everything of that enrolment was acknowledged, and its envelopes left the copy: their
// places are never given out again.
struct CopyMark {
    Uuid enrolment;
    std::uint64_t last = 0;
    Sha256 chain;
};

struct CopyContent {
    std::vector<CopiedEnvelope> envelopes;
    std::optional<CopyMark> mark;

    bool empty() const { return envelopes.empty() && !mark; }
};

// Into `disk.sealed_envelope`, byte for byte; how many rows: 0 when it is there.
Result<std::int64_t> put_copied(SqlConnection& sql, const CopiedEnvelope& one);
// All that the keys open; one transaction.
Result<std::int64_t> put_back_rows(SqlConnection& sql, const CopyContent& copy, const RowKeys& keys);

class SecondCopy {
public:
    // Reads what is there.  A torn end is cut off; what is broken within is passed over.
    static Result<SecondCopy> open(const std::string& store_file, const SqliteOptions& options = {});
    SecondCopy(SecondCopy&&) noexcept;
    SecondCopy& operator=(SecondCopy&&) noexcept;
    ~SecondCopy();

    // Copies the envelopes of the tablet's enrolment that are not here yet; on the disk
    // when it returns.  REQUIRES: a connection of open_sealed().
    Result<void> catch_up(SqlConnection& sealed);
    // Empties it when the store says that all of it was acknowledged; else nothing happens.
    Result<void> drop_acknowledged(SqlConnection& sealed);
    // After the rows were sealed to a newer key: the whole copy, written again.
    Result<void> begin_anew(SqlConnection& sealed);

    const std::vector<CopiedEnvelope>& envelopes() const { return content_.envelopes; }
    const CopyContent& content() const { return content_; }
    // What is there, of a store that is not open and may never open again; nothing is changed.
    // not_found: there is no copy.
    static Result<std::vector<CopiedEnvelope>> look(const std::string& store_file);
    // That, with its mark; nothing where there is no copy, or none that can be read.
    static CopyContent look_at_all(const std::string& store_file);
    // Kept in a file of their own beside the store, "<store>-unreadable", on the disk on return.
    Result<void> keep_aside(const std::vector<CopiedEnvelope>& unreadable) const;
    // Puts what is missing into `disk.sealed_envelope`; how many.  Those that the keys do
    // not open are left out.
    Result<std::int64_t> put_back(SqlConnection& sql, const RowKeys& keys) const;

private:
    SecondCopy(std::unique_ptr<VfsFile> file, std::string store_file, std::string vfs);
    Result<void> read();
    Result<std::vector<CopiedEnvelope>> missing(SqlConnection& sealed) const;

    std::unique_ptr<VfsFile> file_;
    std::string store_file_;
    std::string vfs_;
    CopyContent content_;
    std::uint64_t end_ = 0;
    bool untidy_ = false;  // something may lie behind the end that a disk refused to keep or to cut
};

}  // namespace doorstep
