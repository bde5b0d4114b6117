using System.Collections.Concurrent;
using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>
/// A camera, one that was removed, any that is called sim-…, and a gateway with those that are called behind-…, and a recorder.
/// </summary>
internal sealed class FakeEnrolment : IEnrolment
{
    public const string Gateway = "garage-gateway";

    /// <summary>A removed camera whose credential ended with it.</summary>
    public const string Retired = "retired-cam";

    /// <summary>A recorder, and two of the cameras that its profile names.</summary>
    public const string Recorder = "lobby-recorder-gateway",
        North = "east-precinct-lobby-1",
        Counter = "city-hall-lobby-1";

    private static readonly ConcurrentDictionary<string, int> Numbers = new();
    private static int _last = 9; // No two devices ever have one number.

    /// <summary>When set, the register is out of reach.</summary>
    public bool IsOutOfReach { get; set; }

    public byte[]? Certificate { get; set; }

    /// <summary>The profile of the gateway, and who is registered behind it for its vendor's words.</summary>
    public string? Profile { get; set; }

    public ImmutableArray<Device> Behind { get; set; } = [];

    public Task<EnrolledClient?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (IsOutOfReach)
            throw new IOException("The register does not answer.");
        ImmutableArray<Credential> credentials =
        [
            new Credential(1, CredentialKind.Secret, [.. DeviceSecret.Hash(BrokerFixture.Secret)]),
            .. Certificate is null ? [] : new[] { new Credential(2, CredentialKind.Certificate, [.. Certificate]) },
        ];
        if (id == Retired)
        {
            var retired = new EnrolledClient(id, Numbered(id) with { Lifecycle = Lifecycle.Removed }, null, []);
            return Task.FromResult<EnrolledClient?>(retired with { EndedCredentials = credentials });
        }

        return Task.FromResult(
            id is Gateway or Recorder ? new EnrolledClient(id, null, id == Recorder ? VendorExamples.Recorder : Profile, credentials)
            : Devices.TryGetValue(id, out var registered) ? new EnrolledClient(id, registered, null, credentials)
            : (
                id == BrokerFixture.Camera.Id ? BrokerFixture.Camera
                : id == BrokerFixture.RemovedCamera.Id ? BrokerFixture.RemovedCamera
                : id.StartsWith("sim-", StringComparison.Ordinal) || id.StartsWith("behind-", StringComparison.Ordinal) ? Numbered(id)
                : null
            )
                is { } device
                ? new EnrolledClient(id, device, null, credentials)
            : null
        );
    }

    /// <summary>The number of queries for devices behind a gateway.</summary>
    public int BehindQueries;

    /// <summary>The devices that a test registers or changes.</summary>
    public ConcurrentDictionary<string, Device> Devices { get; } = new();

    /// <summary>Registers a device, or changes it; the broker hears of it.</summary>
    public Device Register(Device device) => Devices[device.Id] = device with { Number = Numbered(device.Id).Number };

    public Task<Device?> FindBehindAsync(string gateway, string deviceId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref BehindQueries);
        return Task.FromResult(
            Devices.TryGetValue(deviceId, out var registered)
                ? registered.Gateway == gateway
                    ? registered
                    : null
                : deviceId.StartsWith("behind-", StringComparison.Ordinal)
                    ? Numbered(deviceId)
                    : null
        );
    }

    public Task<ImmutableArray<Device>> ListBehindAsync(string gateway, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<Device>>([
            .. gateway == Recorder
                ? new[] { Numbered(North), Numbered(Counter) with { Sensors = [Capture.Video] } }.Where(device =>
                    !Devices.ContainsKey(device.Id)
                )
                : [],
            .. Devices.Values.Where(device => device.Gateway == gateway),
            .. gateway == Gateway ? Behind : [],
        ]);

    internal static Device Numbered(string id) =>
        BrokerFixture.Camera with
        {
            Id = id,
            Number = Numbers.GetOrAdd(id, _ => Interlocked.Increment(ref _last)),
            Gateway = id.StartsWith("behind-", StringComparison.Ordinal) ? Gateway : null,
        };
}
