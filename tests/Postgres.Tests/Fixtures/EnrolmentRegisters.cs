using Npgsql;
using SurveillanceRegistry.Postgres.Devices;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>Everything about enrolment, on one database.</summary>
internal sealed class EnrolmentRegisters(NpgsqlDataSource database)
{
    public Enrolment Clients { get; } = new(database);

    public GatewayRegister Gateways { get; } = new(database);

    public CredentialRegister Credentials { get; } = new(database);

    public ClaimRegister Claims { get; } = new(database);
}
