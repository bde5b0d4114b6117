using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Cluster;

/// <summary>The sign-in to a private cluster: its socket alone lets no program in.</summary>
[Slow]
public sealed class ClusterAccessTests
{
    private const string TrustingRules = "local all all trust\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_of_an_older_version_stops_trusting_its_socket_and_keeps_its_data()
    {
        await using var data = new DataFolder();
        await using (await data.OpenAsync())
            await data.RememberAsync("adopted in 2019");
        await MakeOldAsync(data);

        await using var cluster = await data.OpenAsync();

        Assert.True(await data.RemembersAsync("adopted in 2019"));
        string[] roles = [Postmaster.Owner, "postgres", Schema.ServiceRole];
        foreach (var (role, password) in roles.SelectMany(_ => new[] { null, "", "guess" }, (role, password) => (role, password)))
            Assert.False(await CanSignInAsync(cluster, role, password), $"{role} with '{password}'");
        Assert.False(await CanSignInAsync(cluster, Postmaster.Owner, await ServicePasswordAsync(data)));
        Assert.True(await CanSignInAsync(cluster, Postmaster.Owner, await OwnerPasswordAsync(data)));
    }

    [Fact]
    public async Task The_password_files_are_readable_by_their_owner_only()
    {
        await using var data = new DataFolder();
        await using var cluster = await data.OpenAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(data.Path, "keys")))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(DataFolder.OwnerOnly, File.GetUnixFileMode(Path.Combine(data.Path, "keys")));
    }

    [Fact]
    public async Task A_cluster_without_its_password_files_is_reported_in_one_sentence()
    {
        await using var data = new DataFolder();
        await using (await data.OpenAsync()) { }
        Directory.Delete(Path.Combine(data.Path, "keys"), recursive: true);
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => data.OpenAsync());
        Assert.Matches(
            "^The password in '.*' does not fit the database in '.*': restore the folder 'keys' that belongs to it\\.$",
            refusal.Message
        );
    }

    /// <summary>Leaves a cluster as an older registry did: it trusts its socket, and there are no passwords.</summary>
    private static async Task MakeOldAsync(DataFolder data)
    {
        var place = await ClusterFolder.ForDataAsync(data.Path, Cancellation);
        await using var cluster = await data.OpenAsync();
        await File.WriteAllTextAsync(Path.Combine(place.Cluster, "pg_hba.conf"), TrustingRules, Cancellation);
        await DataFolder.AskAsync<bool>(cluster.ConnectionString, "alter role registry password null; select pg_reload_conf()");
        while (!await CanSignInAsync(cluster, Postmaster.Owner, password: null))
            Cancellation.ThrowIfCancellationRequested();
        Directory.Delete(Path.Combine(data.Path, "keys"), recursive: true);
    }

    private static async Task<bool> CanSignInAsync(PrivateCluster cluster, string role, string? password)
    {
        try
        {
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(cluster.ConnectionString)
                {
                    Username = role,
                    Password = password,
                    Passfile = "/dev/null",
                    Pooling = false,
                }.ConnectionString
            );
            await connection.OpenAsync(Cancellation);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task<string> OwnerPasswordAsync(DataFolder data) => (await PasswordsAsync(data, "database-owner.pgpass"))[0];

    private static async Task<string> ServicePasswordAsync(DataFolder data) => (await PasswordsAsync(data, "database-service.pgpass"))[0];

    private static async Task<string[]> PasswordsAsync(DataFolder data, string file) =>
        [.. (await File.ReadAllLinesAsync(Path.Combine(data.Path, "keys", file), Cancellation)).Select(line => line.Split(':')[4])];
}
