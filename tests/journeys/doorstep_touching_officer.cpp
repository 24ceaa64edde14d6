// doorstep-touching-officer: a visit of ten doors worked by finger events in the real
// app, without a display; or every screen in every look.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

#include "tests/journeys/gallery.h"
#include "tests/journeys/touching_day.h"

namespace {

using namespace doorstep;
using namespace doorstep::journey;

void say(std::string_view words) {
    fmt::print("-- {}\n", words);
    std::fflush(stdout);
}

Result<void> work(TouchingDay& day) {
    say("six doors without a questionnaire; one outcome is undone");
    TRY_DO(day.outcomes());
    say("a note for whoever knocks there next");
    TRY_DO(day.note());
    say("a whole questionnaire, with its referrals and offers agreed");
    TRY_DO(day.first_home());
    say("one begun, put away, and gone on with on the same question");
    TRY_DO(day.called_back());
    say("the officer's page and the page that is turned to the resident");
    TRY_DO(day.officers_page());
    say("a sync with the endpoint gone, and back");
    TRY_DO(day.sync_without_and_with_endpoint());
    say("the counts, and the list behind a number");
    return day.review();
}

Result<bool> worked(const TouchingOptions& options, const std::string& gallery) {
    TRY(auto day, TouchingDay::begin(options));
    std::unique_ptr<Gallery> hall;
    if (!gallery.empty()) {
        hall = std::make_unique<Gallery>(day->app(), day->person(), gallery);
        day->person().at_each_picture([&](std::string_view name) { return hall->hang(name); });
        TRY_DO(hall->hang("home"));
    }
    TRY_DO(work(*day));
    const std::vector<std::string> wrong = day->person().found_wrong();
    for (const std::string& each : wrong)
        fmt::print(stderr, "found wrong: {}\n", each);
    if (hall)
        fmt::print("{} pictures hang in {}.\n", hall->pictures(), gallery);
    std::string printed;
    TRY(const bool agree, day->compare(printed));
    fmt::print("\n{}\n", printed);
    fmt::print("{}\n",
               agree ? "The two tables agree." : "The two tables differ: that is a fault in Doorstep.");
    return agree && wrong.empty();
}

Result<void> made(const std::string& folder) {
    std::error_code fault;
    std::filesystem::create_directories(folder, fault);
    if (fault)
        return Error{Fault::not_writable, fmt::format("The folder {} could not be made.", folder),
                     "Name one that can be written."};
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{"Works a visit of ten doors by finger events in the real app, without a display."};
    TouchingOptions options;
    std::string gallery;
    bool keep = false;
    cli.add_option("--pictures", options.pictures, "A folder for a picture of every screen it passes");
    cli.add_option("--gallery", gallery, "A folder for every screen in every theme, shape and language");
    cli.add_option("--data", options.folder, "A new folder for the records; kept");
    cli.add_option("--width", options.width, "Of the window, in pixels")->check(CLI::Range(320, 4096));
    cli.add_option("--height", options.height, "Of the window, in pixels")->check(CLI::Range(240, 4096));
    cli.add_option("--ppi", options.ppi, "Pixels per inch of the screen")->check(CLI::Range(72, 600));
    cli.add_flag("--keep", keep, "Keep the temporary folder");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
        return cli.exit(wrong) == 0 ? 0 : 2;
    }
    keep = keep || !options.folder.empty();
    for (const std::string& folder : {options.pictures, gallery})
        if (!folder.empty())
            if (const auto ready = made(folder); !ready.ok()) {
                fmt::print(stderr, "doorstep-touching-officer: {}\n", ready.error().text());
                return 1;
            }
    if (options.folder.empty()) {
        auto folder = fresh_folder();
        if (!folder.ok()) {
            fmt::print(stderr, "doorstep-touching-officer: {}\n", folder.error().text());
            return 1;
        }
        options.folder = std::move(folder).value();
    }
    const auto done = worked(options, gallery);
    if (!done.ok())
        fmt::print(stderr, "doorstep-touching-officer: {}\n", done.error().text());
    if (!options.pictures.empty())
        fmt::print("Pictures: {}\n", options.pictures);
    if (keep) {
        fmt::print("The records are in {}.\n", options.folder);
    } else {
        std::error_code ignored;
        std::filesystem::remove_all(options.folder, ignored);
    }
    return done.ok() && done.value() ? 0 : 1;
}
