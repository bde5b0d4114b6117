using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Tests;

/// <summary>What the programs that the registry starts learn of its settings.</summary>
public sealed class ChildEnvironmentTests
{
    private const string Secret = "REGISTRY_TEST_OF_CHILDREN";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_the_registry_starts_gets_none_of_its_secrets()
    {
        Environment.SetEnvironmentVariable(Secret, "secret");
        var (_, command) = await PostgresCommand.RunAsync(TimeSpan.FromSeconds(10), Cancellation, "env");
        using var program = PostgresProgram.Start(
            "/usr/bin",
            "env",
            new PostgresLogin([], new Dictionary<string, string> { ["PGUSER"] = "me" })
        );
        program.Input.Close();
        using var reader = new StreamReader(program.Output);
        var output = await reader.ReadToEndAsync(Cancellation);
        Assert.Contains("PGUSER=me", output, StringComparison.Ordinal);
        foreach (var environment in new[] { command, output })
        {
            Assert.Contains("PATH=", environment, StringComparison.Ordinal);
            Assert.DoesNotContain("REGISTRY_", environment, StringComparison.Ordinal);
        }
    }
}
