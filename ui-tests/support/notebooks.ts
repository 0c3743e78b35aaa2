/** A notebook with one code cell, `x = 1`, that was never run. */
export const ONE_CELL = JSON.stringify({
  cells: [
    {
      ...{ cell_type: 'code', id: 'c1', source: 'x = 1', metadata: {} },
      ...{ execution_count: null, outputs: [] }
    }
  ],
  metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
  nbformat: 4,
  nbformat_minor: 5
});
