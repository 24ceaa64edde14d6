// Drafts: questionnaires not yet finished, durable per change.
//
// A draft is a header and a journal of lines.  keep() returns when the line is
// on disk; only then may a screen say "Saved".  Lines are opaque here: casework
// writes them (answers, the question in hand, decisions and agreements).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forms/base/result.h"
#include "forms/base/uuid.h"
#include "sync/operation/operation.h"
#include "sync/store/store.h"

namespace doorstep {

struct DraftHeader {
    Uuid questionnaire;
    Uuid contact;
    FormIdentity form;  // kept until it is finished, whatever newer versions come
    std::string begun;  // what the session needs to begin the same way again
    std::int64_t started_ms = 0;
    std::int64_t changed_ms = 0;
};

struct DraftLine {
    std::uint64_t number = 0;  // dense from 1
    std::string text;
};

class Drafts {
public:
    explicit Drafts(Store& store) : store_(store) {}

    Result<void> begin(const DraftHeader& header, const std::string& form_xml);
    // Appends lines in one durable transaction; returns the number of the last.
    Result<std::uint64_t> keep(const Uuid& questionnaire, const std::vector<std::string>& lines);
    Result<std::vector<DraftHeader>> all() const;  // latest change first
    Result<std::optional<DraftHeader>> find(const Uuid& questionnaire) const;
    Result<std::vector<DraftLine>> lines(const Uuid& questionnaire) const;
    // The XML of a draft's form, kept by hash as long as a draft needs it.
    Result<std::optional<std::string>> form_xml(const Sha256& hash) const;
    // Inside the transaction of the finish: the draft goes when its facts come.
    static Result<void> remove(Transaction& transaction, const Uuid& questionnaire);

private:
    Store& store_;
};

}  // namespace doorstep
