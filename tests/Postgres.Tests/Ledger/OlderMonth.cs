using Dapper;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>
/// The same month in a register whose entries say as little as those of the versions until 2026-11-29: the opening does not say that it is
/// complete, and acts on credentials and codes do not say what was issued.
/// </summary>
public sealed class OlderMonth(SharedCluster cluster) : ScriptedMonth(cluster)
{
    /// <summary>Takes the members away before the entry is hashed, so that the ledger is honest.</summary>
    private const string ForgetMembers = """
        alter function registry.append_entry(timestamptz, text, bytea) rename to append_whole_entry;
        create function registry.append_entry(p_at timestamptz, p_kind text, p_bytes bytea) returns bigint
        language sql security definer as $$
            select registry.append_whole_entry(p_at, p_kind, case
                when p_kind in ('registry-opened', 'credential-issued', 'credentials-issued', 'claim-made', 'claim-used') then
                    convert_to((convert_from(p_bytes, 'UTF8')::jsonb
                        #- '{body,complete}' #- '{body,sha256}' #- '{body,notAfter}' #- '{body,issued}')::text, 'UTF8')
                else p_bytes
            end)
        $$
        """;

    private protected override async Task<Database> OpenAsync(SharedCluster cluster)
    {
        var database = await cluster.NewRegisterAsync();
        await using (var owner = await database.ConnectAsync())
            await owner.ExecuteAsync(ForgetMembers);
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, TestContext.Current.CancellationToken);
        return database;
    }
}
