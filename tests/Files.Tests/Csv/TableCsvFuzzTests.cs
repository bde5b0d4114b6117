using System.Text;
using CsCheck;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Csv;

/// <summary>
/// Whatever stands in a table or in the file of one instrument: a proposal or problems, never both, never neither, never a fault.
/// </summary>
public sealed class TableCsvFuzzTests : IDisposable
{
    private static readonly GovernanceHistory Known = SampleCity.History(SampleCity.Opening.Governance);
    private static readonly byte[] Sheet = TableCsv.Write(SampleCity.Opening.Governance);

    /// <summary>The header and a few rows: small enough that a slip often reaches the values.</summary>
    private static readonly byte[] Small = Encoding.UTF8.GetBytes(
        string.Join(
            "\r\n",
            Encoding
                .UTF8.GetString(Sheet)
                .Split("\r\n")
                .Where((row, at) => at == 0 || row.StartsWith("spd-manual-1", StringComparison.Ordinal))
        )
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("any-").FullName;

    [Fact]
    public void Are_a_proposal_or_problems_when_they_are_noise() => Gen.Byte.Array[0, 400].Sample(Reads, iter: 500, threads: 1);

    [Fact]
    public void Are_a_proposal_or_problems_when_they_are_made_of_cells_under_the_real_header() =>
        Gen.String[Gen.Char[",,,,\"\n\r\t'=+-@|\\; a1.é"], 0, 300]
            .Sample(text => Reads(Encoding.UTF8.GetBytes(string.Join(',', TableCsv.Columns) + "\n" + text)), iter: 500, threads: 1);

    [Fact]
    public void Are_a_proposal_or_problems_when_a_real_sheet_was_spoilt()
    {
        var spoilt =
            from bytes in Gen.Bool.Select(small => small ? Small : Sheet)
            from cut in Gen.Int[0, bytes.Length]
            from length in Gen.Int[0, 60]
            from put in Gen.OneOf(Gen.Byte.Array[0, 8], Gen.String[Gen.Char[",\"\n\r'=|\\ 0a"], 0, 8].Select(Encoding.UTF8.GetBytes))
            select (byte[])[.. bytes[..cut], .. put, .. bytes[Math.Min(bytes.Length, cut + length)..]];
        spoilt.Sample(Reads, iter: 600, threads: 1);
    }

    [Fact]
    public void Are_a_proposal_or_problems_when_cells_of_a_real_sheet_changed_places()
    {
        var moved =
            from count in Gen.Int[1, 6]
            from places in Gen.Int[0, 100_000].Array[2 * count]
            let cells = Encoding.UTF8.GetString(Small).Split(',')
            select Encoding.UTF8.GetBytes(string.Join(',', Swapped(cells, places)));
        moved.Sample(Reads, iter: 400, threads: 1);
    }

    [Fact]
    public void Are_a_proposal_or_problems_when_the_file_of_one_instrument_was_spoilt()
    {
        var path = Path.Combine(_folder, "smc-14.18.yaml");
        var bytes = File.ReadAllBytes(Path.Combine(SampleCity.Root, "policies/instruments/smc-14.18.yaml"));
        var spoilt =
            from cut in Gen.Int[0, bytes.Length]
            from length in Gen.Int[0, 60]
            from put in Gen.OneOf(Gen.Byte.Array[0, 8], Gen.String[Gen.Char["{}[]:,-&*!|>'\" \n0a"], 0, 8].Select(Encoding.UTF8.GetBytes))
            select (byte[])[.. bytes[..cut], .. put, .. bytes[Math.Min(bytes.Length, cut + length)..]];
        spoilt.Sample(
            some =>
            {
                File.WriteAllBytes(path, some);
                IsOneOrTheOther(PolicyFiles.CompareInstrument(path, Known));
            },
            iter: 400,
            threads: 1
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Swapped(string[] cells, int[] places)
    {
        for (var at = 0; at + 1 < places.Length; at += 2)
        {
            var (one, other) = (places[at] % cells.Length, places[at + 1] % cells.Length);
            (cells[one], cells[other]) = (cells[other], cells[one]);
        }

        return cells;
    }

    private static void Reads(byte[] bytes) => IsOneOrTheOther(TableCsv.Read(new MemoryStream(bytes), "table.csv", Known));

    private static void IsOneOrTheOther(FileReading<ProposalFromFiles> reading)
    {
        Assert.Equal(reading.Value is null, !reading.Problems.IsEmpty);
        Assert.True(reading.Problems.Length <= TableCsv.MaxProblems + 1);
        Assert.All(
            reading.Problems,
            problem =>
            {
                Assert.True(problem.Line >= 1 && problem.Column >= 1, problem.ToString());
                Assert.DoesNotContain(problem.ToString(), char.IsControl);
            }
        );
    }
}
