// A connection that counts what it is asked, before the one that answers.
#pragma once

#include "sync/store/run_later.h"
#include "sync/store/sql_connection.h"

namespace doorstep::testing {

class CountingSql final : public SqlConnection, public RunsLater {
public:
    explicit CountingSql(SqlConnection& inner) : inner_(inner) {}
    int waits = 0;       // for a server's answer, where the engine has one
    int savepoints = 0;  // that were made

    Engine engine() const override { return inner_.engine(); }
    using SqlConnection::query;
    using SqlConnection::run;
    Result<void> script(std::string_view sql) override {
        return counted([&] { return inner_.script(sql); });
    }
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        ++waits;
        return inner_.run(sql, parameters);
    }
    Result<void> run_later(std::string_view sql, std::span<const SqlParameter> parameters) override {
        return doorstep::run_later(inner_, sql, parameters);
    }
    Result<void> ask_together(std::span<const Question> questions) override {
        return counted([&] { return doorstep::ask_together(inner_, questions); });
    }
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return counted([&] { return inner_.query(sql, parameters, each); });
    }
    Result<void> begin() override {
        return counted([&] { return inner_.begin(); });
    }
    Result<void> commit() override {
        return counted([&] { return inner_.commit(); });
    }
    void rollback() noexcept override { inner_.rollback(); }
    Result<void> savepoint() override {
        ++savepoints;
        return inner_.savepoint();
    }
    Result<void> release_savepoint() override {
        return counted([&] { return inner_.release_savepoint(); });
    }
    void rollback_to_savepoint() noexcept override {
        ++waits;
        inner_.rollback_to_savepoint();
    }

private:
    template<class Act>
    Result<void> counted(Act act) {
        ++waits;
        return act();
    }
    SqlConnection& inner_;
};

}  // namespace doorstep::testing
