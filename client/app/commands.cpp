#include "client/app/commands.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

#include "client/app/visit_file.h"
#include "forms/base/encoding.h"
#include "forms/desk/files.h"
#include "sync/http/endpoint_address.h"
#include "sync/report/lists.h"
#include "sync/store/sqlite_connection.h"
#include "sync/store/walks.h"

namespace doorstep {

namespace {

struct OpenTablet {
    std::unique_ptr<SqlConnection> sql;
    std::optional<Store> store;
};

Result<OpenTablet> open_tablet(const std::string& folder, const Clock& clock, Random& random) {
    OpenTablet tablet;
    TRY(const std::string file, store_file(folder));
    TRY(tablet.sql, open_sqlite(file));
    TRY(Store store, Store::open(*tablet.sql, StoreRole::tablet, clock, random));
    tablet.store.emplace(std::move(store));
    return tablet;
}

Error mistakes(const Diagnostics& found) {
    constexpr std::size_t most = 50;
    std::string text;
    for (std::size_t i = 0; i < std::min(found.size(), most); ++i)
        text += (i == 0 ? "" : "\n") + found[i].text();
    if (found.size() > most)
        text += fmt::format("\n... and {} more.", found.size() - most);
    return {Fault::bad_input, text, "\nNothing was loaded."};
}

Result<Uuid> planned(const VisitToLoad& wanted, Day day, Store& store, const Clock& clock, Random& random) {
    TRY(const auto visits, planned_visits(store.sql()));
    for (const PlannedVisitRow& each : visits) {
        if (each.label != wanted.label)
            continue;
        if (each.day != day || each.area != wanted.area || each.programme != wanted.programme)
            return Error{Fault::conflict,
                         fmt::format("The visit {} is planned already: {}, area {}, programme {}.",
                                     each.label, each.day.text(), each.area, each.programme),
                         "Give the same day, area and programme, or another label."};
        return each.visit;
    }
    const Library none;
    Casework casework(store, none, clock, random, wanted.on_duty);
    std::vector<std::string> teams;
    if (!wanted.on_duty.team.empty())
        teams.push_back(wanted.on_duty.team);
    return casework.plan_visit(wanted.label, wanted.programme, wanted.area, day, teams);
}

}  // namespace

Result<std::string> load_visit(const VisitToLoad& wanted, const Clock& clock, Random& random) {
    const auto day = Day::parse(wanted.day);
    if (!day)
        return Error{Fault::bad_input, fmt::format("--day \"{}\" is not a date.", wanted.day),
                     "Write dates as 2026-11-21."};
    TRY(const std::string text, read_file(wanted.file));
    Diagnostics found;
    const auto doors =
        read_visit_file(text, std::filesystem::path(wanted.file).filename().string(), wanted.area, found);
    if (has_error(found))
        return mistakes(found);
    TRY(OpenTablet tablet, open_tablet(wanted.folder, clock, random));
    TRY(const Uuid visit, planned(wanted, *day, *tablet.store, clock, random));
    TRY_DO(Walks(*tablet.store).keep(visit, doors));
    return fmt::format("{}: {} doors in walking order on {}.\n", wanted.label, doors.size(), day->text());
}

Result<std::string> enrol(const EnrolmentGiven& given, const Clock& clock, Random& random) {
    const auto enrolment = Uuid::parse(given.enrolment);
    if (!enrolment || enrolment->is_nil())
        return Error{Fault::bad_input, "--enrolment is not the id of an enrolment.",
                     "Copy it from what `doorstep-endpoint enrol` printed."};
    const auto token = from_hex(given.token);
    if (!token || token->size() != 32)
        return Error{Fault::bad_input, "--token is not a token: 64 digits and letters a to f.",
                     "Copy it from what `doorstep-endpoint enrol` printed."};
    if (given.tablet.empty())
        return Error{Fault::bad_input, "--tablet is empty.", "Give the name that was enrolled."};
    TRY(const std::string endpoint, endpoint_address(given.endpoint));
    TRY(OpenTablet tablet, open_tablet(given.folder, clock, random));
    TabletIdentity identity{*enrolment, given.tablet, endpoint, given.token, {}};
    TRY(const auto before, tablet.store->identity());
    if (before && before->enrolment == identity.enrolment)
        identity.safeguarding_key = before->safeguarding_key;
    TRY_DO(tablet.store->enrol(identity));
    return fmt::format("{} is enrolled at {}.\n", given.tablet, endpoint);
}

std::string usual_folder() {
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data == '/')
        return std::string(data) + "/doorstep";
    if (const char* home = std::getenv("HOME"); home && *home == '/')
        return std::string(home) + "/.local/share/doorstep";
    return {};
}

}  // namespace doorstep
