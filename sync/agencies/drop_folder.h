// An agency that takes files: a folder into which one CSV a referral is dropped, and in whose
// `answers` it puts its own.
//
//   FOLDER/REFERRAL.csv               field, value, words; the agency may move or remove it
//   FOLDER/REFERRAL.withdrawn.csv     the resident has withdrawn it
//   FOLDER/answers/ANY.csv            referral, state, note, at
//   FOLDER/answers/ANY.csv.errors.csv what was wrong in it, row by row
//   FOLDER/answers/taken/             what was taken in
//   FOLDER/.doorstep/                 ours: what was begun, so that nothing is dropped twice
//
// A referral is written and synced as .doorstep/REFERRAL.part, then marked as begun, then given
// its name.  After a cut: begun and no part left means that it has its name, or had it before the
// agency took it; anything else, that it never had.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "forms/base/sha256.h"
#include "sync/agencies/answers_file.h"
#include "sync/agencies/attempt.h"

namespace doorstep {

class DropFolder final : public AgencyAdapter {
public:
    explicit DropFolder(std::string folder) : folder_(std::move(folder)) {}
    Delivery send(const Parcel& parcel) override;
    Delivery ask(const Parcel& parcel) override;
    Delivery withdraw(const Parcel& parcel) override;
    Result<void> test(const std::string& agency) override;

private:
    Result<void> make_ready() const;
    std::string ours(const Uuid& referral, const char* ending) const;
    // What was to leave and did not.
    enum class Begun : std::uint8_t { goes, stays };
    void drop_unsent(const Uuid& referral, Begun begun) const;

    std::string folder_;
};

// What lies in `answers`.  A file is given out at the second look that finds it unchanged, so that
// one which is still being written is not taken half.
class AnswersFolder {
public:
    // At most 100 a look, each at most 1 MiB.  What is never taken in (a link, a pipe, a larger file, a table
    // that is no CSV) is left, and NAME.errors.csv beside it says why.
    Result<std::vector<AnswersFile>> look(const std::string& folder);
    // Into `taken`, with its errors beside; the same again changes nothing.
    static Result<void> put_away(const std::string& folder, const AnswersFile& file,
                                 const std::string& errors);
    // Their names at the last look, and those that were not among them at the look before.
    const std::vector<std::string>& left() const { return left_; }
    std::vector<std::string> newly_left() const;

private:
    void leave(const std::string& folder, const std::string& name, std::string_view why,
               std::string_view mend);

    std::map<std::string, Sha256> seen_;
    std::vector<std::string> left_;  // in order
    std::vector<std::string> left_before_;
};

}  // namespace doorstep
