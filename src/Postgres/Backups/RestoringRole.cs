using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>
/// The role that a dump is restored by. A dump is a program: its statements run with the rights of the role. This one owns what it makes in
/// one database and may do nothing else: it makes no role, runs no program, and reads and writes no file of the server. Everything that it
/// made can be dropped at once, whatever the dump called it.
/// </summary>
/// <param name="Name">Its name, the same for each restoration into a database.</param>
/// <param name="Login">Its connection string.</param>
internal sealed record RestoringRole(string Name, string Login)
{
    private const int SuffixDigits = 12;

    private const string MakeService = """
        do $do$
        begin
            if not exists (select from pg_roles where rolname = 'registry_service') then
                create role registry_service;
            end if;
            if not pg_has_role(current_user, 'registry_service', 'member') then
                execute format('grant registry_service to %I', current_user);
            end if;
        end $do$
        """;

    /// <summary>The objects of a role that no registry has; the types and names are those of <c>pg_identify_object</c>.</summary>
    private const string FindForeign = """
        select object.type || ' ' || object.identity
        from pg_shdepend depend, pg_identify_object(depend.classid, depend.objid, depend.objsubid) object
        where depend.refclassid = 'pg_authid'::regclass
            and depend.refobjid = (select oid from pg_roles where rolname = @name)
            and depend.dbid = (select oid from pg_database where datname = current_database())
            and depend.deptype = 'o'
            and object.schema is distinct from 'registry'
            and (object.type, object.identity) not in (('schema', 'registry'), ('extension', 'btree_gist'))
            and not (object.type in ('table', 'sequence') and object.identity like 'public.registry\_migration%')
        order by 1
        limit 1
        """;

    /// <summary>Returns the name of the role for a database: roles belong to the whole server.</summary>
    public static string NameFor(string? database) =>
        "registry_restore_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(database ?? "")))[..SuffixDigits];

    /// <summary>Makes the role, and drops what an earlier restoration left with it.</summary>
    /// <param name="connection">The owner's, with a transaction.</param>
    /// <param name="owner">The owner's connection string.</param>
    /// <exception cref="ClusterUnavailableException">The owner may not make a role.</exception>
    public static async Task<RestoringRole> MakeAsync(NpgsqlConnection connection, string owner)
    {
        if (!await connection.ExecuteScalarAsync<bool>("select rolsuper or rolcreaterole from pg_roles where rolname = current_user"))
            throw new ClusterUnavailableException(
                "A backup is restored by a role of its own, which may do nothing else, and the role of REGISTRY_DATABASE may not make it: "
                    + "give it CREATEROLE for the restoration, or name a role that has it. Nothing was restored."
            );
        var name = NameFor(connection.Database);
        await DiscardAsync(connection, name);
        var password = PasswordFile.NewPassword();
        await connection.ExecuteAsync(MakeService);
        await connection.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                create role {name} login password '{ScramVerifier.Create(password)}';
                grant {name} to current_user;
                grant {Schema.ServiceRole} to {name};
                grant create, usage on schema public to {name};
                do $do$ begin execute format('grant create on database %I to {name}', current_database()); end $do$
                """
            )
        );
        return new RestoringRole(
            name,
            new NpgsqlConnectionStringBuilder(owner)
            {
                Username = name,
                Password = password,
                Passfile = null,
            }.ConnectionString
        );
    }

    /// <summary>Drops the role of a database and everything that it made there. Does nothing when there is none.</summary>
    public static async Task DiscardAsync(NpgsqlConnection connection, string name)
    {
        if (!await connection.ExecuteScalarAsync<bool>("select exists (select from pg_roles where rolname = @name)", new { name }))
            return;
        // A killed restoration may have left its session. It ends before its role does.
        await connection.ExecuteAsync(
            $"grant {name} to current_user; select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = '{name}'"
        );
        await connection.ExecuteAsync($"drop owned by {name} cascade; drop role {name}");
    }

    /// <summary>Names an object of the role that no registry has; null when there is none.</summary>
    public Task<string?> FindForeignAsync(NpgsqlConnection connection) =>
        connection.ExecuteScalarAsync<string?>(FindForeign, new { name = Name });

    /// <summary>Gives everything that the role made to the owner, and drops the role.</summary>
    public Task HandOverAsync(NpgsqlConnection connection) =>
        connection.ExecuteAsync($"reassign owned by {Name} to current_user; drop owned by {Name}; drop role {Name}");
}
