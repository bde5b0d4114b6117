using System.Collections.Immutable;
using CsCheck;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Registers.Lists;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Geometry;
using SurveillanceRegistry.Files.Lists;

namespace SurveillanceRegistry.Files.Tests.Csv;

/// <summary>An export of a register says what is registered.</summary>
public sealed class RegisterExportTests
{
    private static readonly string[] Odd =
    [
        "Fifth and Main",
        "=SUM(A1)",
        "-1st Street; \"the corner\"",
        "+Plaza, north",
        "'Quoted'",
        "@home",
        "Ünïcode — 図書館",
    ];

    private static readonly Gen<string> Words = Gen.Int[0, Odd.Length - 1].Select(i => Odd[i]);

    private static readonly Gen<PlaceGeometry?> Somewhere = Gen.Select(Gen.Int[0, 2], Gen.Double[-80, 80], Gen.Double[-80, 80])
        .Select(
            (kind, east, north) =>
                kind switch
                {
                    0 => null,
                    1 => new PlaceGeometry(new Position(east, north)),
                    _ => new PlaceGeometry(
                        new Area([
                            [
                                [new(east, north), new(east + 0.01, north), new(east, north + 0.01), new(east, north)],
                            ],
                        ])
                    ),
                }
        );

    [Fact]
    public void An_export_of_any_places_is_imported_to_nothing() =>
        Gen.Select(Words, Words, Words, Somewhere, Gen.Bool)
            .Select(
                (name, address, area, geometry, isRetired) =>
                    new Place("", name, address, area) { Geometry = geometry, IsRetired = isRetired }
            )
            .Array[0, 6]
            .Sample(
                places =>
                    AssertNothing([.. places.Select((place, i) => place with { Id = $"place-{i}" })], PlaceLists.Places(new AreaCheck())),
                iter: 200
            );

    [Fact]
    public void An_export_of_any_screens_is_imported_to_nothing() =>
        Gen.Select(Gen.Bool, Gen.Int[240, 4000], Gen.Bool)
            .Select(
                (isMeasured, width, isRetired) =>
                    new Kiosk("", "lobby", isRetired) { Glass = isMeasured ? new Glass(width, 1080, 700, 2000) : null }
            )
            .Array[0, 6]
            .Sample(
                kiosks =>
                    AssertNothing(
                        [.. kiosks.Select((kiosk, i) => kiosk with { Id = $"screen-{i}" })],
                        PlaceLists.Screens(new HashSet<string> { "lobby" })
                    ),
                iter: 200
            );

    private static void AssertNothing<T>(ImmutableArray<T> values, ListShape<T> shape)
        where T : class
    {
        var list = new CityListReader().Read(RegisterExport.WriteCsv(values, shape), new ListOptions(), CancellationToken.None);
        var noon = new DateTimeOffset(2026, 11, 30, 20, 0, 0, TimeSpan.Zero);
        var compared = RegisterComparison.Create(
            list,
            shape,
            [.. values.Select((value, i) => new RegisterVersion<T>(1, noon, noon, i, value))]
        );
        Assert.Equal("", string.Join('\n', compared.Problems));
        Assert.Empty(compared.Changes);
        Assert.Equal(values.Length, compared.Unchanged);
        Assert.Empty(compared.Missing);
    }
}
