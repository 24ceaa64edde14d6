// What was ordered to be forgotten, and the search for what is left of it.
//
// The erasure list is a real file beside everything, as in life; which facts it means the oracle finds
// out by itself.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/endpoint/endpoint.h"
#include "sync/endpoint/erasure.h"
#include "tests/simulation/sim_disk.h"
#include "tests/support/temporary_folder.h"

namespace doorstep::simulation {

class SimTablet;
class World;

// All that is sealed in the file of a tablet, and of the endpoint the keys that open everything else.
inline constexpr const char* sealed_on_tablet[] = {
    "select sealed from disk.sealed_row", "select sealed from disk.sealed_body",
    "select sealed from disk.sealed_envelope", "select substr(outbound, 41, 16) from disk.sealed_envelope"};
inline constexpr const char* sealed_at_centre[] = {"select wrapped from subject_key"};

class Erasures {
public:
    explicit Erasures(World& world) : world_(world) {}

    // A file that need not be there.
    const ErasureList& list();
    // The list may have changed.
    void learn();
    // Which facts are to be forgotten, of those that nobody asked about yet?
    void judge();
    bool empty() const { return orders_.empty(); }

    // What stands sealed somewhere now.  When it is replaced or gone there it must be gone everywhere: a
    // key that opens it may still be there.
    void note_sealed(const std::string& whose, SqlConnection& sql, const char* query);

    // I12: nothing of what was forgotten is readable on any disk, in any log or copy, nor in any backup once
    // it is restored.  REQUIRES: everybody has sent and fetched all.
    void check();

private:
    std::set<std::string> words_that_must_be_gone() const;
    void find_words(const std::string& where, std::string_view bytes);
    void search_tables(const std::string& where, SqlConnection& sql, const std::vector<std::string>& tables);
    void search_files(const std::string& whose, const faults::Files& files);
    void search_tablet(SimTablet& tablet);
    void search_centre(const std::string& where, Endpoint& endpoint);
    void search_backups();

    World& world_;
    std::optional<TemporaryFolder> folder_;
    std::optional<ErasureList> list_;
    std::vector<ErasureOrder> orders_;
    std::map<std::string, std::set<std::string>> sealed_;  // beginnings, by whose they are
    std::set<std::string> words_;                          // while it searches
};

}  // namespace doorstep::simulation
