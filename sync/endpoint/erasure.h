// Forgetting a home or a person at the centre, and what retention forgets by itself.
//
// An order names facts by their ids.  Of each only a bare row for the counts is left, so that no
// past period changes; the key of the subject is deleted, and the order goes into the feed, so
// that every tablet forgets too.  Concerns stay: they go by the safeguarding leads' rule.
//
// The erasure list lies outside the database and its backups and holds ids only.  It is written
// before the database is, and whoever opens or restores the database applies it again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "forms/base/random.h"
#include "forms/base/result.h"
#include "sync/store/store.h"
#include "sync/store/subject_keys.h"
#include "sync/vault/sealed_box.h"
#include "sync/wire/phrases.h"

namespace doorstep {

struct ErasureOrder {
    Uuid order;         // random; stands where the home stood
    Uuid subject;       // the home or person
    std::string cause;  // erase; retention
    std::uint64_t hybrid_clock = 0;
    std::int64_t at_ms = 0;
    std::vector<Uuid> operations;
};

// A file, appended to; an order that was torn by a power cut was never carried out.
class ErasureList {
public:
    explicit ErasureList(std::string file) : file_(std::move(file)) {}
    // On the disk when it returns.
    Result<void> add(const std::vector<ErasureOrder>& orders) const;
    // None when there is no file yet.  damaged: a line that is none of ours.
    Result<std::vector<ErasureOrder>> orders() const;
    const std::string& file() const { return file_; }

private:
    std::string file_;
};

// What a change of the centre's facts needs.
struct Forgetting {
    Store& store;
    const SubjectKeys& keys;
    const KeyPair& sealing;          // opens the second branch of a copied tablet, which is searched too
    const wire::PhraseBooks& books;  // and what it wrote short
    Random& random;
    const ErasureList& list;
};

struct Forgotten {
    Uuid order;
    std::int64_t facts = 0;
};

// Orders that are whole but for clock and time; how many facts they were about.  After an error they may
// stand on the list all the same: then reapply_erasures() carries them out, and so does the next call.
Result<std::int64_t> forget_in_orders(const Forgetting& by, std::vector<ErasureOrder> orders);

// not_found: nothing is known of that home or person, or it is one that is forgotten already.
Result<Forgotten> erase_subject(const Forgetting& by, const Uuid& subject);

// Every order of the list that this database does not have, as after a restore of an older one:
// before it serves, and every hour for what a disk refused meanwhile.  How many.
Result<std::int64_t> reapply_erasures(const Forgetting& by);

// --- retention ---------------------------------------------------------------------

// Months after the local day at the door.
struct RetentionRule {
    int questionnaires = 12;  // with their contacts and offers
    int referrals = 24;       // with their agreements and states
};
struct RetentionReport {
    std::int64_t facts_held = 0;         // whole ones, of homes
    std::int64_t facts_bare = 0;         // of which only the count is left
    std::int64_t due = 0;                // past their time, and forgotten by the next run
    std::int64_t kept_on_purpose = 0;    // do not return: kept until somebody reviews it
    std::int64_t waiting_for_later = 0;  // a later referral for the same need is not due yet
    std::int64_t oldest_at_ms = 0;       // of the whole ones; 0: none
    std::int64_t concerns_due = 0;       // older than six years: for a safeguarding lead
    std::int64_t unconfirmed = 0;        // orders that some tablet has not confirmed yet
};
Result<RetentionReport> retention_report(Store& store, const RetentionRule& rule);
// Forgets what is due; how many facts.
Result<std::int64_t> run_retention(const Forgetting& by, const RetentionRule& rule);

struct DueFact {
    Uuid fact;
    Uuid subject;
    bool is_referral = false;
};

// The same in steps, each of which looks at so many facts or forgets so many homes: nobody waits for the
// writer meanwhile.
class RetentionSearch {
public:
    static constexpr std::size_t facts_a_step = 2'000;
    static constexpr std::size_t homes_a_step = 50;

    explicit RetentionSearch(const RetentionRule& rule, std::size_t facts = facts_a_step,
                             std::size_t homes = homes_a_step)
        : rule_(rule), facts_(facts), homes_(homes) {}
    struct Step {
        std::int64_t forgotten = 0;  // facts
        bool ended = false;          // everything was looked at and forgotten; the next step begins anew
    };
    Result<Step> step(const Forgetting& by);

private:
    friend Result<RetentionReport> retention_report(Store& store, const RetentionRule& rule);
    Result<void> look(Store& store);
    Result<std::int64_t> forget_some(const Forgetting& by);

    RetentionRule rule_;
    std::size_t facts_ = 0;
    std::size_t homes_ = 0;
    Uuid seen_{};  // every fact up to this one was looked at
    bool seen_all_ = false;
    std::map<Uuid, std::vector<DueFact>> by_home_{};
    std::set<Uuid> referrals_{};  // all that are due
    std::int64_t kept_on_purpose_ = 0;
};

}  // namespace doorstep
