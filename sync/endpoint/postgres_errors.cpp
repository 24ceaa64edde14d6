#include "sync/endpoint/postgres_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace doorstep {

namespace {

struct Meaning {
    std::string_view state;  // or the class with which it begins
    Fault fault;
    std::string_view what;
    std::string_view mend;
};

// The first that fits.
constexpr std::array<Meaning, 19> meanings = {{
    {"53100", Fault::disk_full, "The disk of the database is full. Nothing was changed.",
     "Free some space there and repeat."},
    {"53", Fault::unreachable, "The database has too much to do.", "Try again later, or raise its limits."},
    {"40", Fault::conflict, "Another one was at the same rows of the database.",
     "Repeat what was being done."},
    {"55P03", Fault::conflict, "Another one holds the rows of the database for too long.",
     "Look for an endpoint that hangs, and repeat what was being done."},
    {"23", Fault::conflict, "A row clashes with one that is already in the database.", ""},
    {"22021", Fault::bad_input,
     "A text holds what the database cannot keep: a NUL, or bytes that are no UTF-8.", ""},
    {"25006", Fault::not_writable, "The database only reads: it may be a standby.",
     "Name the primary in --database."},
    {"25P02", Fault::broken, "The transaction had failed before.", "Repeat what was being done."},
    {"25P03", Fault::unreachable, "The database ended a transaction that was idle for too long.",
     "Repeat what was being done."},
    {"42501", Fault::refused, "The user of --database may not do this in the database.",
     "Make that user the owner of the database, or grant it what it needs."},
    {"28", Fault::refused, "The database lets nobody in with what --database says.",
     "Check the user and its password."},
    {"3D000", Fault::not_found, "There is no database of that name on the server.",
     "Make it first: createdb --encoding UTF8 NAME"},
    {"08", Fault::unreachable, "The connection to the database was lost.", "It is made anew by itself."},
    {"57P", Fault::unreachable, "The database is being stopped or started.", "It is asked again by itself."},
    {"57", Fault::unreachable, "The database broke off what was being done.", "Repeat it."},
    {"XX001", Fault::damaged, "The database says that its data are damaged.",
     "Keep a copy of it, and take it to whoever looks after it."},
    {"XX002", Fault::damaged, "The database says that an index is damaged.",
     "Keep a copy of it, and take it to whoever looks after it."},
    {"58", Fault::broken, "The disk of the database failed.",
     "Look into the messages of the database, then repeat what was being done."},
    {"", Fault::broken, "The database failed.", "Look into its messages."},
}};

// Of these the server's words name tables and settings, never a row.
bool names_no_content(std::string_view state) {
    return state.starts_with("42") || state.starts_with("53") || state.starts_with("0A") ||
           state.starts_with("55") || state.starts_with("28") || state.starts_with("3D");
}

}  // namespace

Error postgres_error(std::string_view state, std::string_view words) {
    if (state.empty())
        state = "08006";
    const auto& meaning = *std::find_if(meanings.begin(), meanings.end(),
                                        [&](const Meaning& one) { return state.starts_with(one.state); });
    auto what = fmt::format("{} (PostgreSQL {}{}{})", meaning.what, state,
                            names_no_content(state) && !words.empty() ? ": " : "",
                            names_no_content(state) ? words : std::string_view{});
    return {meaning.fault, std::move(what), std::string(meaning.mend)};
}

bool is_ended_by_another(std::string_view state) {
    return state == "40001" || state == "40P01" || state == "55P03";
}

}  // namespace doorstep
