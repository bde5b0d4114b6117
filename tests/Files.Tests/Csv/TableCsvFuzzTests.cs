using System.Text;
using CsCheck;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Csv;

/// <summary>For any bytes, the readers of a table and of an instrument file return a proposal or problems, and never throw.</summary>
public sealed class TableCsvFuzzTests : IDisposable
{
    /// <summary>The header and a few rows: small enough that a random change often reaches the values.</summary>
    private static readonly byte[] SmallTable = Encoding.UTF8.GetBytes(
        string.Join(
            "\r\n",
            SampleTable.Text.Split("\r\n").Where((row, index) => index == 0 || row.StartsWith("spd-manual-1", StringComparison.Ordinal))
        )
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-").FullName;

    [Fact]
    public void Random_bytes_are_a_proposal_or_problems() =>
        Gen.Byte.Array[0, 400].Sample(AssertProposalOrProblems, iter: Rounds.Of(500), threads: 1);

    [Fact]
    public void Random_cells_under_the_real_header_are_a_proposal_or_problems() =>
        Gen.String[Gen.Char[",,,,\"\n\r\t'=+-@|\\; a1.é"], 0, 300]
            .Sample(text => AssertProposalOrProblems(Encoding.UTF8.GetBytes(SampleTable.Header + text)), iter: Rounds.Of(500), threads: 1);

    [Fact]
    public void A_table_with_random_changes_is_a_proposal_or_problems()
    {
        var inserted = Gen.OneOf(Gen.Byte.Array[0, 8], Gen.String[Gen.Char[",\"\n\r'=|\\ 0a"], 0, 8].Select(Encoding.UTF8.GetBytes));
        var changed =
            from table in Gen.Bool.Select(isSmall => isSmall ? SmallTable : SampleTable.Bytes)
            from bytes in Mutations.From(table, 60, inserted)
            select bytes;
        changed.Sample(AssertProposalOrProblems, iter: Rounds.Of(600), threads: 1);
    }

    [Fact]
    public void A_table_whose_cells_changed_places_is_a_proposal_or_problems()
    {
        var moved =
            from count in Gen.Int[1, 6]
            from places in Gen.Int[0, 100_000].Array[2 * count]
            let cells = Encoding.UTF8.GetString(SmallTable).Split(',')
            select Encoding.UTF8.GetBytes(string.Join(',', Swap(cells, places)));
        moved.Sample(AssertProposalOrProblems, iter: Rounds.Of(400), threads: 1);
    }

    [Fact]
    public void An_instrument_file_with_random_changes_is_a_proposal_or_problems()
    {
        var path = Path.Combine(_folder, "smc-14.18.yaml");
        var original = File.ReadAllBytes(Path.Combine(SampleCity.Root, SamplePaths.SurveillanceCode));
        Mutations
            .From(original, 60, Mutations.YamlFragment)
            .Sample(
                bytes =>
                {
                    File.WriteAllBytes(path, bytes);
                    AssertProposalOrProblems(PolicyFiles.CompareInstrument(path, SampleTable.Registered));
                },
                iter: Rounds.Of(400),
                threads: 1
            );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Swaps cells pairwise.</summary>
    private static string[] Swap(string[] cells, int[] places)
    {
        for (var index = 0; index + 1 < places.Length; index += 2)
        {
            var (first, second) = (places[index] % cells.Length, places[index + 1] % cells.Length);
            (cells[first], cells[second]) = (cells[second], cells[first]);
        }

        return cells;
    }

    private static void AssertProposalOrProblems(byte[] bytes) => AssertProposalOrProblems(SampleTable.Read(bytes));

    private static void AssertProposalOrProblems(FileReading<ProposalFromFiles> reading)
    {
        Assert.Equal(reading.Value is null, !reading.Problems.IsEmpty);
        Assert.True(reading.Problems.Length <= TableCsv.MaxProblems + 1);
        ProblemAssert.AreWellFormed(reading.Problems);
    }
}
