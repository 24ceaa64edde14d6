#include "sync/endpoint/postgres_connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <optional>
#include <unordered_map>
#include <utility>

#include "sync/endpoint/postgres_errors.h"
#include "sync/endpoint/postgres_row.h"
#include "sync/endpoint/postgres_text.h"
#include "sync/store/run_later.h"

namespace doorstep {

namespace {

struct FinishConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, FinishConnection>;

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

struct Prepared {
    std::string name;
    std::vector<std::string> parameters;  // of $1, $2 ...
};

// Asked with a view, so that a statement that is prepared is found without a copy of its text.
struct HashOfText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// Texts that are made anew each time must not fill the server.
constexpr std::size_t prepared_max = 2'000;

std::string_view state_of(const PGresult* result) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state ? std::string_view(state) : std::string_view{};
}

std::string_view words_of(const PGresult* result) {
    const char* words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return words ? std::string_view(words) : std::string_view{};
}

std::int64_t rows_of(PGresult* result) {
    return std::strtoll(PQcmdTuples(result), nullptr, 10);
}

// Numbers go as digits, since the server knows the width that it wants; bytes and text go as they are.
class Parameters {
public:
    explicit Parameters(std::size_t count) {
        texts_.reserve(count);
        values_.reserve(count);
        lengths_.reserve(count);
        formats_.reserve(count);
    }
    void add(const SqlValue& value) { std::visit(*this, value); }
    void operator()(const Null&) { add(nullptr, 0, 0); }
    void operator()(std::int64_t number) { digits(std::to_string(number)); }
    void operator()(double number) { digits(fmt::format("{}", number)); }
    void operator()(const std::string& text) { add(text.data(), text.size(), 1); }
    void operator()(const Blob& blob) { add(blob.bytes.data(), blob.bytes.size(), 1); }

    int count() const { return static_cast<int>(values_.size()); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    void digits(std::string text) {
        texts_.push_back(std::move(text));
        add(texts_.back().c_str(), texts_.back().size(), 0);
    }
    void add(const char* first, std::size_t size, int format) {
        values_.push_back(first);
        lengths_.push_back(static_cast<int>(size));
        formats_.push_back(format);
    }

    std::vector<std::string> texts_;  // never grows beyond what was reserved
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

// A hung endpoint must not keep the others from the partnership's clock for ever.
constexpr const char* session_sql = R"sql(
select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local');
set standard_conforming_strings = on;
set client_min_messages = error;
set lock_timeout = '20s';
set idle_in_transaction_session_timeout = '60s';
set jit = off;
select set_config('doorstep.scope', 'centre', false);
)sql";

constexpr std::size_t worth_sending = 8 * 1024;

std::size_t bytes_of(std::span<const SqlParameter> parameters) {
    std::size_t bytes = 0;
    for (const auto& one : parameters)
        if (const auto* blob = std::get_if<Blob>(&one.value))
            bytes += blob->bytes.size();
    return bytes;
}

constexpr const char* begin_sql = "begin isolation level read committed";

// A plan is made for tables as large as they are then, and kept.  Made anew each time that what was written
// has doubled, no statement is asked for long in a way that was right for fewer rows.
constexpr const char* plan_anew_sql = "discard plans";
constexpr std::int64_t first_plans_rows = 256;

class PostgresConnection final : public SqlConnection, public RunsLater {
public:
    explicit PostgresConnection(Connection connection) : connection_(std::move(connection)) {}

    Engine engine() const override { return Engine::postgresql; }
    bool has_failed() const override { return is_lost(); }
    bool may_repeat() const { return may_repeat_; }

    Result<void> set_up() {
        PQsetNoticeProcessor(
            connection_.get(), [](void*, const char*) {}, nullptr);
        prepared_.clear();
        TRY_DO(plain(session_sql));
        std::string encoding;
        TRY_DO(ask("select current_setting('server_encoding')", {}, [&](const SqlRow& row) {
            encoding = row.text(0);
            return false;
        }));
        if (encoding != "UTF8")
            return Error{Fault::refused,
                         fmt::format("The text of that database is {}, and not UTF-8.", encoding),
                         "Make one with createdb --encoding UTF8 --template template0 NAME."};
        return {};
    }

    Result<void> script(std::string_view sql) override {
        TRY_DO(be_there());
        return plain(postgres_schema(sql));
    }

    using SqlConnection::query;
    using SqlConnection::run;

    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        TRY(const auto answer, execute(sql, parameters));
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK)
            return std::int64_t{0};
        return rows_of(answer.get());
    }

    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return ask(sql, parameters, each);
    }

    Result<void> run_later(std::string_view sql, std::span<const SqlParameter> parameters) override {
        TRY_DO(still_there());
        TRY(const Prepared* prepared, prepare(sql));
        TRY_DO(begin_pipeline());
        TRY_DO(send(*prepared, parameters));
        writes_unanswered_ = true;
        // The server writes it while we make the next one ready; of small ones each would wake it in vain.
        if (bytes_of(parameters) >= worth_sending && PQflush(connection_.get()) < 0)
            return fell_out_of_step();
        return {};
    }

    Result<void> ask_together(std::span<const Question> questions) override {
        TRY_DO(still_there());
        std::vector<const Prepared*> prepared;
        // Twice, since the first time may clear what was prepared before.
        for (int i = 0; i < 2; ++i) {
            prepared.clear();
            for (const auto& one : questions) {
                TRY(prepared.emplace_back(), prepare(one.sql));
            }
        }
        if (questions.empty())
            return {};
        TRY_DO(begin_pipeline());
        for (std::size_t i = 0; i < questions.size(); ++i)
            TRY_DO(send(*prepared[i], questions[i].parameters));
        TRY(const auto answers, read_answers(questions.size()));
        for (std::size_t i = 0; i < questions.size(); ++i)
            give(*answers[i], questions[i].each);
        return {};
    }

    Result<void> begin() override {
        if (open_)
            return Error{Fault::conflict, "A transaction is already open.", ""};
        may_repeat_ = false;
        TRY_DO(be_there());
        if (has_outgrown_plans())
            TRY_DO(plain(plan_anew_sql));
        TRY_DO(plain(begin_sql));
        open_ = true;
        return {};
    }
    // A transaction that had failed is ended by it, and says so by another word only.
    Result<void> commit() override {
        TRY_DO(still_there());
        TRY(const auto answer, simple("commit"));
        open_ = false;
        if (std::string_view(PQcmdStatus(answer.get())) != "COMMIT")
            return Error{Fault::broken, "The transaction was lost.", "Repeat what was being done."};
        return {};
    }
    void rollback() noexcept override {
        if (!open_)
            return;
        static_cast<void>(settle());  // an error in it is what is rolled back
        if (!is_lost())
            static_cast<void>(simple("rollback"));
        open_ = false;
    }

    // It goes with the next statement.  Behind a write that may have failed it would not be made, and
    // the one around it would be taken for it.
    Result<void> savepoint() override {
        TRY_DO(still_there());
        if (writes_unanswered_)
            TRY_DO(settle());
        TRY_DO(begin_pipeline());
        if (has_outgrown_plans())
            TRY_DO(send_plain(plan_anew_sql));
        return send_plain("savepoint doorstep");
    }
    Result<void> release_savepoint() override {
        TRY_DO(still_there());
        if (unanswered_ == 0)
            return plain("release savepoint doorstep");
        TRY_DO(send_plain("release savepoint doorstep"));
        return settle();
    }
    void rollback_to_savepoint() noexcept override {
        static_cast<void>(settle());  // an error in it is what is rolled back
        if (open_ && !is_lost())
            static_cast<void>(simple("rollback to savepoint doorstep; release savepoint doorstep"));
    }

private:
    bool is_lost() const { return out_of_step_ || PQstatus(connection_.get()) != CONNECTION_OK; }

    // Nothing may be committed by itself because the transaction around it was lost.
    Result<void> still_there() {
        if (open_ && !is_lost())
            return {};
        return Error{Fault::broken, "The transaction was lost.", "Repeat what was being done."};
    }
    Result<void> be_there() {
        if (open_)
            return still_there();
        if (!is_lost() && PQtransactionStatus(connection_.get()) == PQTRANS_IDLE)
            return {};
        PQreset(connection_.get());
        unanswered_ = 0;
        writes_unanswered_ = out_of_step_ = false;
        if (is_lost())
            return postgres_error({}, {});
        return set_up();
    }

    bool has_outgrown_plans() {
        if (written_ < plans_hold_)
            return false;
        plans_hold_ = 2 * written_;
        return true;
    }

    Result<Answer> checked(PGresult* raw) {
        Answer answer(raw);
        const auto status = PQresultStatus(answer.get());
        if (status == PGRES_COMMAND_OK)
            written_ += rows_of(answer.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
            return answer;
        const auto state = state_of(answer.get());
        may_repeat_ = may_repeat_ || is_ended_by_another(state);
        return postgres_error(is_lost() ? std::string_view{} : state, words_of(answer.get()));
    }
    Result<Answer> simple(const std::string& sql) {
        TRY_DO(settle());
        return checked(PQexec(connection_.get(), sql.c_str()));
    }

    // --- what was sent and is not answered yet ---

    Result<void> begin_pipeline() {
        return unanswered_ == 0 && PQenterPipelineMode(connection_.get()) != 1
                   ? Result<void>(fell_out_of_step())
                   : Result<void>{};
    }
    Error fell_out_of_step() {
        out_of_step_ = true;
        return postgres_error({}, {});
    }
    Result<void> send_plain(const char* sql) {
        if (PQsendQueryParams(connection_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 1) != 1)
            return fell_out_of_step();
        ++unanswered_;
        return {};
    }
    Result<void> send(const Prepared& prepared, std::span<const SqlParameter> parameters) {
        const auto bound = bind(prepared, parameters);
        if (PQsendQueryPrepared(connection_.get(), prepared.name.c_str(), bound.count(), bound.values(),
                                bound.lengths(), bound.formats(), 1) != 1)
            return fell_out_of_step();
        ++unanswered_;
        return {};
    }
    // The answers to the last ones sent, so many; the first error of all, otherwise.
    Result<std::vector<Answer>> read_answers(std::size_t count) {
        auto& connection = *connection_;
        std::optional<Error> first;
        std::vector<Answer> last;
        const bool sent = PQpipelineSync(&connection) == 1;
        for (; sent && unanswered_ > 0; --unanswered_) {
            auto answer = checked(PQgetResult(&connection));
            while (PGresult* more = PQgetResult(&connection))
                PQclear(more);  // behind an answer stands nothing but its end
            if (!answer.ok())
                first = first ? first : std::optional(answer.error());
            else if (unanswered_ <= count)
                last.push_back(std::move(*answer));
        }
        if (sent)
            PQclear(PQgetResult(&connection));  // of the end of all
        unanswered_ = 0;
        writes_unanswered_ = false;
        if (!sent || PQexitPipelineMode(&connection) != 1) {
            // Whatever it still sends would be taken for the answer to something else.
            const auto error = fell_out_of_step();
            return first ? *first : error;
        }
        if (first)
            return *first;
        return last;
    }
    Result<void> settle() {
        if (unanswered_ == 0)
            return {};
        TRY_DO(read_answers(0));
        return {};
    }
    Result<void> plain(const std::string& sql) {
        TRY_DO(simple(sql));
        return {};
    }

    Result<const Prepared*> prepare(std::string_view sql) {
        if (const auto found = prepared_.find(sql); found != prepared_.end())
            return &found->second;
        if (prepared_.size() >= prepared_max) {
            TRY_DO(plain("deallocate all"));
            prepared_.clear();
        }
        TRY_DO(settle());
        auto text = numbered(sql);
        Prepared made{fmt::format("s{}", next_name_++), std::move(text.names)};
        TRY_DO(checked(PQprepare(connection_.get(), made.name.c_str(), text.sql.c_str(), 0, nullptr)));
        return &prepared_.insert_or_assign(std::string(sql), std::move(made)).first->second;
    }

    Result<Answer> execute(std::string_view sql, std::span<const SqlParameter> parameters) {
        TRY_DO(be_there());
        TRY(const Prepared* prepared, prepare(sql));
        if (unanswered_ > 0) {
            TRY_DO(send(*prepared, parameters));
            TRY(auto answers, read_answers(1));
            return std::move(answers.front());
        }
        const auto bound = bind(*prepared, parameters);
        return checked(PQexecPrepared(connection_.get(), prepared->name.c_str(), bound.count(),
                                      bound.values(), bound.lengths(), bound.formats(), 1));
    }

    static Parameters bind(const Prepared& prepared, std::span<const SqlParameter> parameters) {
        Parameters bound(prepared.parameters.size());
        for (const auto& name : prepared.parameters) {
            const auto found = std::find_if(parameters.begin(), parameters.end(),
                                            [&](const SqlParameter& one) { return one.name == name; });
            assert(found != parameters.end());
            bound.add(found->value);
        }
        // An extra parameter is our own mistake.
        assert(std::all_of(parameters.begin(), parameters.end(), [&](const SqlParameter& one) {
            const auto& names = prepared.parameters;
            return std::find(names.begin(), names.end(), one.name) != names.end();
        }));
        return bound;
    }

    Result<void> ask(std::string_view sql, std::span<const SqlParameter> parameters,
                     const std::function<bool(const SqlRow&)>& each) {
        TRY(const auto answer, execute(sql, parameters));
        give(*answer, each);
        return {};
    }
    static void give(const PGresult& answer, const std::function<bool(const SqlRow&)>& each) {
        for (int row = 0; row < PQntuples(&answer); ++row)
            if (!each(PostgresRow(&answer, row)))
                return;
    }

    Connection connection_;
    bool open_ = false;           // a transaction, whether the server still knows it or not
    bool may_repeat_ = false;     // the one that was begun last
    std::size_t unanswered_ = 0;  // above 0: in pipeline mode
    bool writes_unanswered_ = false;
    bool out_of_step_ = false;  // as good as lost
    std::int64_t written_ = 0;  // rows, since it was opened
    std::int64_t plans_hold_ = first_plans_rows;
    std::size_t next_name_ = 0;
    std::unordered_map<std::string, Prepared, HashOfText, std::equal_to<>> prepared_;
};

// What the address says of these stands.
constexpr std::array<const char*, 9> keywords = {"connect_timeout",
                                                 "fallback_application_name",
                                                 "keepalives_idle",
                                                 "keepalives_interval",
                                                 "keepalives_count",
                                                 "tcp_user_timeout",
                                                 "dbname",
                                                 "client_encoding",
                                                 nullptr};

}  // namespace

bool is_postgres_address(std::string_view address) {
    return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

Result<std::unique_ptr<SqlConnection>> open_postgres(const std::string& address) {
    if (!is_postgres_address(address))
        return Error{Fault::bad_input, "The address of the database cannot be read.",
                     "Write it as postgresql://USER@HOST/DATABASE."};
    const std::array<const char*, keywords.size()> values = {
        "10", "doorstep-endpoint", "30", "10", "3", "30000", address.c_str(), "UTF8", nullptr};
    Connection connection(PQconnectdbParams(keywords.data(), values.data(), 1));
    if (!connection || PQstatus(connection.get()) != CONNECTION_OK) {
        // libpq names host, port, user and database here, never the password.
        const bool refused = connection && PQconnectionNeedsPassword(connection.get()) == 1;
        std::string words = connection ? PQerrorMessage(connection.get()) : "no memory";
        while (!words.empty() && words.back() == '\n')
            words.pop_back();
        return Error{refused ? Fault::refused : Fault::unreachable,
                     fmt::format("The database cannot be reached: {}.", words),
                     "Check --database, and that the server runs."};
    }
    auto opened = std::make_unique<PostgresConnection>(std::move(connection));
    TRY_DO(opened->set_up());
    return std::unique_ptr<SqlConnection>(std::move(opened));
}

bool may_repeat(const SqlConnection& sql) {
    const auto* postgres = dynamic_cast<const PostgresConnection*>(&sql);
    return postgres && postgres->may_repeat();
}

}  // namespace doorstep
