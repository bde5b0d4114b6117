using Npgsql;
using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Tests;

/// <summary>How connections to a database of the city's own are encrypted.</summary>
public sealed class DatabaseTlsTests
{
    [Theory]
    [InlineData("Host=/var/run/postgresql;Username=registry")]
    [InlineData("Host=localhost;Port=5432")]
    [InlineData("Host=127.0.0.1:5432,[::1]:5433")]
    [InlineData("Database=registry")]
    public void A_database_on_this_machine_needs_no_TLS(string connection) => Assert.Equal(connection, DatabaseTls.Require(connection));

    [Theory]
    [InlineData("Host=db.city.example;Username=registry", SslMode.VerifyFull)]
    [InlineData("Host=localhost,10.0.0.7", SslMode.VerifyFull)]
    [InlineData("Server=db.city.example;SslMode=VerifyCA", SslMode.VerifyCA)]
    public void A_database_on_another_machine_is_verified(string connection, SslMode mode) =>
        Assert.Equal(mode, new NpgsqlConnectionStringBuilder(DatabaseTls.Require(connection)).SslMode);

    [Theory]
    [InlineData("Host=db.city.example;SSL Mode=Disable")]
    [InlineData("Host=db.city.example;SSL Mode=Prefer")]
    [InlineData("Host=localhost,db.city.example;sslmode=Require")]
    public void A_connection_to_another_machine_that_could_be_read_or_forged_is_refused(string connection) =>
        Assert.Contains(
            "VerifyFull",
            Assert.Throws<ClusterUnavailableException>(() => DatabaseTls.Require(connection)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_backup_and_a_restoration_refuse_a_connection_that_could_be_read_or_forged()
    {
        const string Plain = "Host=db.city.example;SSL Mode=Prefer;Timeout=1";
        var refusals = new[]
        {
            await Assert.ThrowsAsync<ClusterUnavailableException>(() => DatabaseSnapshot.OpenAsync(Plain, "", CancellationToken.None)),
            Assert.Throws<ClusterUnavailableException>(() => new DatabaseRestoration(Plain, "")),
            Assert.Throws<ClusterUnavailableException>(() => PostgresLogin.From(Plain)),
        };
        Assert.All(refusals, refusal => Assert.Contains("VerifyFull", refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_programs_of_PostgreSQL_verify_a_server_on_another_machine()
    {
        var environment = PostgresLogin.From("Host=db.city.example;Username=registry").Environment;
        Assert.Equal("verify-full", environment["PGSSLMODE"]);
        Assert.True(environment["PGSSLROOTCERT"] is var root && (root == "system" || File.Exists(root)));
        Assert.Equal("/own.pem", PostgresLogin.From("Host=db.city.example;Root Certificate=/own.pem").Environment["PGSSLROOTCERT"]);
        Assert.DoesNotContain("PGSSLROOTCERT", PostgresLogin.From("Host=/run/postgresql;Username=registry").Environment.Keys);
    }
}
